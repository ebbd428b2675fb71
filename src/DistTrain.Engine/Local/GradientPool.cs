using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// The gradient buffers of a run. Slices read them where the workers wrote them; nobody hands one
/// back. A buffer of step v is free again when nobody writes it and every slice has applied step
/// v: contributions that come later are ignored unread.
/// </summary>
internal sealed class GradientPool
{
    /// <summary>What a slice holds before it has loaded anything.</summary>
    public const long NoVersion = -1;

    private readonly Lock _gate = new();
    private readonly int _parameters;
    private readonly GradientBuffer?[] _buffers;
    private readonly long[] _versions;

    /// <param name="parameters">Length of a gradient.</param>
    /// <param name="slices">Parameter slices.</param>
    /// <param name="limit">Buffers at most; they are made as they are needed.</param>
    public GradientPool(int parameters, int slices, int limit)
    {
        _parameters = parameters;
        _buffers = new GradientBuffer?[limit];
        _versions = new long[slices];
        Array.Fill(_versions, NoVersion);
    }

    /// <summary>A buffer that the caller alone writes until it finishes or abandons it.</summary>
    public GradientBuffer Rent(long step, TreeNode node)
    {
        lock (_gate)
        {
            GradientBuffer buffer = FindFree();
            buffer.Begin(step, node);
            return buffer;
        }
    }

    /// <summary>The gradient is complete and may be read under the handle returned.</summary>
    public TensorHandle Finish(GradientBuffer buffer, BatchMetrics metrics)
    {
        lock (_gate)
        {
            buffer.Finish(metrics);
            return buffer.Handle;
        }
    }

    /// <summary>Computing it failed: nobody will read it.</summary>
    public void Abandon(GradientBuffer buffer)
    {
        lock (_gate)
        {
            buffer.Abandon();
        }
    }

    /// <summary>A slice holds a version: it reads no gradient of an earlier step any more.</summary>
    public void Hold(SliceId slice, long version) =>
        Volatile.Write(ref _versions[slice.Value], version);

    /// <summary>The highest version that every slice has reached, or <see cref="NoVersion"/>. The
    /// blocks still hold it: the slices are never more than one version apart.</summary>
    public long CommonVersion()
    {
        long common = long.MaxValue;
        for (int i = 0; i < _versions.Length; i++)
        {
            common = Math.Min(common, Volatile.Read(ref _versions[i]));
        }

        return common;
    }

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

    private GradientBuffer FindFree()
    {
        long common = CommonVersion();
        for (int i = 0; i < _buffers.Length; i++)
        {
            GradientBuffer? buffer = _buffers[i];
            if (buffer is null)
            {
                return _buffers[i] = new GradientBuffer(i, _parameters);
            }

            if (!buffer.IsBeingWritten && buffer.Step < common)
            {
                return buffer;
            }
        }

        throw new InvariantException($"all {_buffers.Length} gradient buffers are in use");
    }
}
