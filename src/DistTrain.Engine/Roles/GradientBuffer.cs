using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>The gradient of one tree node of one step, over all parameters.</summary>
internal sealed class GradientBuffer(int index, int parameters, TensorMemory memory)
{
    private volatile bool _isBeingWritten;
    private volatile int _generation;
    private int _use;
    private int _senders;

    /// <summary>(parameters)</summary>
    public Memory<float> Values => Block.Values;

    /// <summary>Where they stand, in this use of the buffer.</summary>
    public TensorBlock Block { get; private set; } = memory.Allocate(
        parameters, UpdateStreams.Gradient);

    public long Step { get; private set; } = -1;

    public TreeNode Node { get; private set; }

    public BatchMetrics Metrics { get; private set; }

    /// <summary>Names this buffer in this use of it: index below, count of uses above.</summary>
    public TensorHandle Handle => new(((long)_use << 32) | (uint)index);

    public static int IndexOf(TensorHandle handle) => (int)(uint)handle.Value;

    /// <summary>Nobody writes or sends it, and no slice that has published
    /// <paramref name="basis"/> needs it.</summary>
    public bool IsFreeFor(Basis basis) => !_isBeingWritten && Volatile.Read(ref _senders) == 0
        && (Step < basis.Version || _generation < basis.Generation.Value)
        && (Block.IsHome || Block.IsLost);

    /// <summary>It still holds what the handle was given for, computed in that generation.
    /// </summary>
    /// <remarks>The generation is read first: if it is the new one, the handle is too.</remarks>
    public bool Is(TensorHandle handle, Generation generation) =>
        _generation == generation.Value && Handle == handle;

    /// <summary>A connection is going to send it, or a part of it.</summary>
    public void BeginSend() => Interlocked.Increment(ref _senders);

    /// <summary>It has been sent, or never will be.</summary>
    public void EndSend() => Interlocked.Decrement(ref _senders);

    public void Begin(Generation generation, long step, TreeNode node)
    {
        _use++;
        if (Block.IsLost)
        {
            Block = Block.Successor(memory);
        }

        Step = step;
        Node = node;
        _isBeingWritten = true;
        _generation = generation.Value;
    }

    /// <summary>The gradient is complete and may be read under the handle returned.</summary>
    public TensorHandle Finish(BatchMetrics metrics)
    {
        Metrics = metrics;
        _isBeingWritten = false;
        return Handle;
    }

    /// <summary>Computing it failed: nobody will read it.</summary>
    public void Abandon()
    {
        Step = -1;
        _isBeingWritten = false;
    }
}
