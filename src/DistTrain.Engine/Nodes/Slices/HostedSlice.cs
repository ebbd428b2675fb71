using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>A parameter slice on this node.</summary>
/// <param name="id">Which slice.</param>
/// <param name="memory">Its tensors.</param>
/// <param name="host">Its role, and who runs that.</param>
internal sealed class HostedSlice(SliceId id, NodeSliceMemory memory, SliceHost host)
{
    private readonly Documents _metrics = new();

    public SliceId Id => id;

    public NodeSliceMemory Memory => memory;

    public SliceRole Role => host.Role;

    /// <summary>To its mailbox.</summary>
    public void Post(ParameterServerMessage message) => host.Post(message);

    /// <summary>The same, by a thread that has brought the message from another node.</summary>
    public void Deliver(ParameterServerMessage message) => host.Deliver(message);

    /// <summary>Another one takes its place.</summary>
    public void Retire() => host.Retire();

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

/// <summary>A slice's role and who runs it.</summary>
/// <param name="Role">The role.</param>
/// <param name="Post">To its mailbox.</param>
/// <param name="Deliver">The same, by a thread that has brought the message from another node and
/// may do what follows from it.</param>
/// <param name="Retire">It is not to run any more.</param>
internal sealed record SliceHost(
    SliceRole Role, Action<ParameterServerMessage> Post, Action<ParameterServerMessage> Deliver,
    Action Retire);
