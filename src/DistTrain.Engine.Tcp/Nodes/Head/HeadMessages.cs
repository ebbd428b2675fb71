using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>What a member of the run says: whether it may say so, and whom it is for.</summary>
/// <param name="parts">Of the head.</param>
/// <param name="onReady">The member has the run and its data.</param>
/// <param name="onFailed">The member's worker threw and began anew.</param>
internal sealed class HeadMessages(
    HeadParts parts, Action<Member, NodeReady> onReady,
    Action<Member, ComputationFailed> onFailed)
{
    /// <returns>Null if the message was taken; else why not.</returns>
    public string? Take(Member member, IncomingMessage message)
    {
        switch (message.Content)
        {
            case NodeReady ready:
                onReady(member, ready);
                return null;
            case Farewell:
                return null; // the end of the link tells it
            case ComputationFailed failed
                when member.Kind == NodeKind.Worker && member.Worker == failed.Worker:
                onFailed(member, failed);
                return null;
            case RequestData request:
                parts.Data.Send(request, member.Link);
                return null;
            case RequestState request when IsOf(member, request.Slice):
                _ = Task.Run(() => SendState(request, member.Link));
                return null;
            case SnapshotPart part when IsOf(member, part.Slice):
                return parts.Checkpoints.OnPart(part);
            case SnapshotEnd end when IsOf(member, end.Slice):
                return parts.Checkpoints.OnEnd(end);
            case CoordinatorMessage said:
                return TakeForCoordinator(member, said);
            case ParameterServerMessage said:
                return Senders.IsHonest(member.Kind, member.Ordinal, said)
                    ? parts.Slices.TryDeliver(said, message.Recipient)
                    : "it speaks for another";
            default:
                return "not a message to a head, or of another's slice";
        }
    }

    /// <summary>It was refused: nobody took its tensor.</summary>
    public void Forget(object message)
    {
        if (message is SnapshotPart part)
        {
            parts.Tensors.Documents.Remove(part.Values);
        }
    }

    /// <summary>It reads a file: not on a receiving thread.</summary>
    private void SendState(RequestState request, Link link)
    {
        try
        {
            parts.Checkpoints.Send(request, link);
        }
#pragma warning disable CA1031 // A bug here ends the run, and is not lost with its thread.
        catch (Exception e)
#pragma warning restore CA1031
        {
            parts.Dispatcher.Fail(e);
        }
    }

    private string? TakeForCoordinator(Member member, CoordinatorMessage message)
    {
        if (!Senders.IsHonest(member, message)
            || (Senders.SliceOf(message) is { } slice && !IsOf(member, slice)))
        {
            return "it speaks for another";
        }

        parts.Coordinator.Post(message);
        return null;
    }

    private bool IsOf(Member member, SliceId slice) =>
        slice.Value < parts.Context.Plan.Slices && parts.Placement.Find(slice) == member;
}
