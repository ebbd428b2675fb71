using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>The gradient of one tree node of one step, over all parameters.</summary>
internal sealed class GradientBuffer(int index, int parameters)
{
    private readonly AlignedBuffer<float> _values = new(parameters);
    private int _use;

    /// <summary>(parameters)</summary>
    public Memory<float> Values => _values.Memory;

    public long Step { get; private set; } = -1;

    public TreeNode Node { get; private set; }

    public BatchMetrics Metrics { get; private set; }

    public bool IsBeingWritten { get; private set; }

    /// <summary>Names this buffer in this use of it: index below, count of uses above.</summary>
    public TensorHandle Handle => new(((long)_use << 32) | (uint)index);

    public static int IndexOf(TensorHandle handle) => (int)(uint)handle.Value;

    public void Begin(long step, TreeNode node)
    {
        _use++;
        Step = step;
        Node = node;
        IsBeingWritten = true;
    }

    public void Finish(BatchMetrics metrics)
    {
        Metrics = metrics;
        IsBeingWritten = false;
    }

    public void Abandon()
    {
        Step = -1;
        IsBeingWritten = false;
    }
}
