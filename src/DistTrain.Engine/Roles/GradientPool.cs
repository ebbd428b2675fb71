using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// The gradient buffers of a run. Slices read them where the workers wrote them; nobody hands one
/// back. Whoever computes on version v holds it of every slice, so every slice has applied the
/// steps before and reads their gradients no more: a buffer of an earlier step that nobody writes
/// is free. So is one of an older generation: every slice has been restored since, and puts aside
/// what was computed before. Each worker keeps to buffers of its own, which its core's caches
/// still hold.
/// </summary>
internal sealed class GradientPool
{
    private readonly int _parameters;
    private readonly TensorMemory _memory;
    private readonly GradientBuffer?[] _buffers;
    private readonly Shelf[] _shelves;
    private int _made;

    /// <param name="parameters">Length of a gradient.</param>
    /// <param name="workers">Who rents.</param>
    /// <param name="limit">Buffers at most; they are made as they are needed.</param>
    /// <param name="memory">Where they are made.</param>
    public GradientPool(int parameters, int workers, int limit, TensorMemory memory)
    {
        _parameters = parameters;
        _memory = memory;
        _buffers = new GradientBuffer?[limit];
        _shelves = new Shelf[workers];
        for (int i = 0; i < workers; i++)
        {
            _shelves[i] = new Shelf();
        }
    }

    /// <summary>A buffer that the caller alone writes until it finishes or abandons it: its own,
    /// else a new one, else another worker's.</summary>
    public GradientBuffer Rent(WorkerId worker, Basis basis, long step, TreeNode node)
    {
        Shelf own = _shelves[worker.Value];
        if (own.TryTake(basis, step, node) is { } mine)
        {
            return mine;
        }

        int index = Interlocked.Increment(ref _made) - 1;
        if (index < _buffers.Length)
        {
            var made = new GradientBuffer(index, _parameters, _memory);
            made.Begin(basis.Generation, step, node);
            own.Add(made);
            return _buffers[index] = made;
        }

        Interlocked.Decrement(ref _made);
        foreach (Shelf shelf in _shelves)
        {
            if (shelf.TryTake(basis, step, node) is { } borrowed)
            {
                return borrowed;
            }
        }

        throw new InvariantException($"all {_buffers.Length} gradient buffers are in use");
    }

    /// <summary>The gradient that a handle names was computed in that generation.</summary>
    public bool Is(TensorHandle handle, Generation generation) =>
        _buffers[GradientBuffer.IndexOf(handle)]?.Is(handle, generation) == true;

    /// <summary>The buffer in a place, whatever it holds; null: none was made yet.</summary>
    public GradientBuffer? At(int index) => _buffers[index];

    /// <summary>The buffer that a handle names; it must still hold what it was named for.</summary>
    public GradientBuffer Of(TensorHandle handle, long step)
    {
        GradientBuffer? buffer = _buffers[GradientBuffer.IndexOf(handle)];
        if (buffer is null || buffer.Handle != handle || buffer.Step != step)
        {
            throw new InvariantException($"a gradient of step {step} was overwritten");
        }

        return buffer;
    }

    /// <summary>One worker's buffers.</summary>
    private sealed class Shelf
    {
        private readonly Lock _gate = new();
        private readonly List<GradientBuffer> _buffers = [];

        public void Add(GradientBuffer buffer)
        {
            lock (_gate)
            {
                _buffers.Add(buffer);
            }
        }

        public GradientBuffer? TryTake(Basis basis, long step, TreeNode node)
        {
            lock (_gate)
            {
                foreach (GradientBuffer buffer in _buffers)
                {
                    if (buffer.IsFreeFor(basis))
                    {
                        buffer.Begin(basis.Generation, step, node);
                        return buffer;
                    }
                }

                return null;
            }
        }
    }
}
