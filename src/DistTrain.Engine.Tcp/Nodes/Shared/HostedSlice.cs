using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>A parameter slice on this node.</summary>
/// <param name="id">Which slice.</param>
/// <param name="memory">Its tensors.</param>
/// <param name="actor">Its role.</param>
internal sealed class HostedSlice(SliceId id, NodeSliceMemory memory, SliceActor actor)
{
    /// <summary>Up to so many parameters the receiving thread itself does what the slice has to:
    /// an update takes no longer than waking a thread for it.</summary>
    public const int SmallParameters = 1 << 18;

    private readonly Documents _metrics = new();

    public SliceId Id => id;

    public NodeSliceMemory Memory => memory;

    public SliceActor Actor => actor;

    /// <summary>By a receiving thread.</summary>
    public void Post(ParameterServerMessage message)
    {
        if (memory.Length <= SmallParameters)
        {
            actor.PostAndRun(message);
        }
        else
        {
            actor.Post(message);
        }
    }

    /// <summary>Room for what a worker found in an evaluation.</summary>
    public bool TryRentMetrics(
        TensorDescription tensor, int classes, out TensorHandle handle, out Memory<byte> room)
    {
        bool isRight = tensor.Encoding == TensorEncoding.Binary64
            && tensor.Elements == EvaluationPayload.Elements(classes);
        (handle, room) = (default, default);
        if (isRight)
        {
            handle = _metrics.Rent(tensor, out room);
        }

        return isRight;
    }

    /// <summary>Room for the norms of another slice; without clipping they say nothing.</summary>
    public bool TryRentNorms(
        NormPartials message, TensorDescription tensor, bool clips, out TensorHandle handle,
        out Memory<byte> room)
    {
        if (clips)
        {
            return memory.ReceivedNorms.TryRent(message, tensor, out handle, out room);
        }

        handle = default;
        room = new byte[tensor.Bytes];
        return tensor.Bytes == sizeof(double);
    }

    /// <summary>The rest of a tensor will not come.</summary>
    public void Abandon(NodeHandle handle)
    {
        switch (handle.Kind)
        {
            case TensorKind.Contributed:
                memory.Contributions.Abandon(handle);
                break;
            case TensorKind.ReceivedNorms:
                memory.ReceivedNorms.Remove(handle);
                break;
            default:
                _metrics.Remove(handle.ToTensor());
                break;
        }
    }

    /// <summary>A message whose tensor has come, as the role takes it; null if it is of no use.
    /// </summary>
    public ParameterServerMessage? Complete(ParameterServerMessage message, int classes)
    {
        switch (message)
        {
            case Contribution m:
                return memory.Contributions.TryComplete(NodeHandle.Of(m.Gradient)) ? m : null;
            case EvaluationContribution m:
                return _metrics.TryTake(m.Metrics, out ReadOnlyMemory<byte> bytes)
                    && EvaluationPayload.TryRead(bytes.Span, classes) is { } metrics
                    ? m with { Metrics = memory.Evaluations.Add(m.Evaluation, metrics) }
                    : null;
            default:
                return message;
        }
    }
}
