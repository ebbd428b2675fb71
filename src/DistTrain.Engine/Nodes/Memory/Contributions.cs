using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>
/// Gradients that came over connections for one slice, each received where it will be read. Freed
/// when the slice has applied their step, or is restored.
/// </summary>
/// <remarks>
/// Connections rent, complete and abandon; the slice's actor reads and frees. One that is still
/// being received when its step is past is freed when its connection is done with it.
/// </remarks>
/// <param name="slice">Whose.</param>
/// <param name="interval">Of the slice.</param>
/// <param name="encoding">As the run sends gradients; others are refused, since they would change
/// bits.</param>
/// <param name="limitBytes">Of all buffers.</param>
/// <param name="firstUse">Where its counts of uses begin: a handle that was given for the slice as
/// it was here before is noticed.</param>
internal sealed class Contributions(
    SliceId slice, ParameterInterval interval, TensorEncoding encoding, long limitBytes,
    int firstUse)
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private readonly long _limit = Math.Clamp(
        limitBytes / (sizeof(float) * (long)interval.Length), 1, NodeHandle.MostPlaces);

    // Contributions to steps before this one are of no use.
    private long _firstOpenStep;

    private enum EntryState
    {
        Free,
        Receiving,

        /// <summary>Being received, and of no use any more.</summary>
        Unwanted,
        Ready,
    }

    /// <summary>Room for a contribution that is announced.</summary>
    /// <returns>False if it is late, there already, not as it should be, or there is no room.
    /// </returns>
    public bool TryRent(
        Contribution message, TensorDescription tensor, out TensorHandle handle,
        out Memory<byte> room)
    {
        (handle, room) = (default, default);
        if (tensor.Encoding != encoding || tensor.Elements != interval.Length
            || !MetricsNote.TryRead(tensor.Note.Span, out BatchMetrics metrics))
        {
            return false;
        }

        lock (_gate)
        {
            if (message.Step < _firstOpenStep || IsThere(message) || Take() is not { } entry)
            {
                return false;
            }

            entry.Begin(message, metrics, tensor.Encoding);
            handle = new NodeHandle(TensorKind.Contributed, slice.Value, entry.Place, entry.Use)
                .ToTensor();
            room = entry.Room;
            return true;
        }
    }

    /// <summary>It has come in memory of another process, and is read there.</summary>
    /// <returns>False if it is of no use any more.</returns>
    public bool TryAdopt(NodeHandle handle, BorrowedTensor tensor)
    {
        lock (_gate)
        {
            if (Find(handle) is not { State: EntryState.Receiving } entry)
            {
                return false;
            }

            entry.Borrowed = tensor;
            return true;
        }
    }

    /// <summary>It has come in full.</summary>
    /// <returns>False if it is of no use any more.</returns>
    public bool TryComplete(NodeHandle handle)
    {
        Entry? entry;
        lock (_gate)
        {
            entry = Find(handle);
        }

        if (entry is null)
        {
            return false;
        }

        entry.Decode(); // nobody else touches it while it is being received
        lock (_gate)
        {
            if (entry.State == EntryState.Receiving)
            {
                entry.State = EntryState.Ready;
                return true;
            }

            entry.End();
            return false;
        }
    }

    /// <summary>The rest will not come.</summary>
    public void Abandon(NodeHandle handle)
    {
        lock (_gate)
        {
            Find(handle)?.End();
        }
    }

    public bool IsReady(TensorHandle gradient)
    {
        lock (_gate)
        {
            return FindReady(gradient) is not null;
        }
    }

    public SliceGradient Of(TensorHandle gradient, long step)
    {
        lock (_gate)
        {
            Entry entry = FindReady(gradient)
                ?? throw new InvariantException($"a gradient of step {step} is gone");
            return new SliceGradient(
                entry.Values, entry.Metrics, entry.Values, interval.Start);
        }
    }

    /// <summary>Steps before <paramref name="step"/> are applied.</summary>
    public void FreeBefore(long step)
    {
        lock (_gate)
        {
            _firstOpenStep = step;
            foreach (Entry entry in _entries)
            {
                if (entry.Step < step)
                {
                    Free(entry);
                }
            }
        }
    }

    /// <summary>All is loaded anew, perhaps an earlier version.</summary>
    public void FreeAll()
    {
        lock (_gate)
        {
            _firstOpenStep = 0;
            foreach (Entry entry in _entries)
            {
                Free(entry);
            }
        }
    }

    private static void Free(Entry entry)
    {
        if (entry.State == EntryState.Receiving)
        {
            entry.State = EntryState.Unwanted;
        }
        else if (entry.State == EntryState.Ready)
        {
            entry.End();
        }
    }

    private Entry? FindReady(TensorHandle gradient)
    {
        NodeHandle handle = NodeHandle.Of(gradient);
        Entry? entry = handle.Kind == TensorKind.Contributed ? Find(handle) : null;
        return entry?.State == EntryState.Ready ? entry : null;
    }

    private Entry? Find(NodeHandle handle) =>
        handle.Place < _entries.Count && _entries[handle.Place].Use == handle.Use
            ? _entries[handle.Place]
            : null;

    private bool IsThere(Contribution message) => _entries.Exists(entry =>
        entry.State == EntryState.Ready && entry.Step == message.Step
        && entry.Node == message.Node && entry.Basis == message.Basis);

    private Entry? Take()
    {
        Entry? free = _entries.Find(entry => entry.State == EntryState.Free);
        if (free is null && _entries.Count < _limit)
        {
            free = new Entry(_entries.Count, interval.Length, firstUse);
            _entries.Add(free);
        }

        return free;
    }

    private sealed class Entry
    {
        private readonly AlignedBuffer<float> _own;
        private readonly Memory<byte> _bytes;
        private byte[] _narrow = [];
        private TensorEncoding _encoding;

        public Entry(int place, int length, int firstUse)
        {
            Place = place;
            Use = firstUse;
            _own = new AlignedBuffer<float>(length);
            _bytes = new ByteView<float>(_own.Memory).Memory;
        }

        public int Place { get; }

        /// <summary>Where it stands, if that is memory of another process.</summary>
        public BorrowedTensor? Borrowed { get; set; }

        public Memory<float> Values => Borrowed?.Values ?? _own.Memory;

        public EntryState State { get; set; }

        public int Use { get; private set; }

        public long Step { get; private set; }

        public TreeNode Node { get; private set; }

        public Basis Basis { get; private set; }

        public BatchMetrics Metrics { get; private set; }

        /// <summary>Where its bytes are received.</summary>
        public Memory<byte> Room => _encoding == TensorEncoding.Binary32 ? _bytes : _narrow;

        public void Begin(Contribution message, BatchMetrics metrics, TensorEncoding encoding)
        {
            (Step, Node, Basis) = (message.Step, message.Node, message.Basis);
            Use = NodeHandle.NextUse(Use);
            Metrics = metrics;
            State = EntryState.Receiving;
            _encoding = encoding;
            int bytes = encoding.ElementBytes() * _own.Length;
            if (encoding != TensorEncoding.Binary32 && _narrow.Length != bytes)
            {
                _narrow = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
            }
        }

        /// <summary>Widens what came in 16 bits.</summary>
        public void Decode()
        {
            if (_encoding != TensorEncoding.Binary32)
            {
                TensorCompression.Decode(_encoding, _narrow, _own.Span);
            }
        }

        /// <summary>Nobody needs it any more.</summary>
        public void End()
        {
            State = EntryState.Free;
            Borrowed?.Dispose();
            Borrowed = null;
        }
    }
}
