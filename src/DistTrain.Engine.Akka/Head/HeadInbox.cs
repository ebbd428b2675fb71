using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>What lanes bring to a head: copies for checkpoints, whole checkpoints, requests for
/// data and for states. Called by the lanes' actors.</summary>
/// <param name="documents">What has come, and what is sent.</param>
/// <param name="data">Serves the run's data.</param>
/// <param name="store">Hears of checkpoints of other heads.</param>
internal sealed class HeadInbox(Documents documents, DataServer data, IActorRef store)
{
    private volatile LeadingInbox? _leading;

    /// <summary>What whoever leads hears; null where this head does not.</summary>
    public LeadingInbox? Leading
    {
        set => _leading = value;
    }

    /// <returns>Null if it was taken; else why not.</returns>
    public string? Take(Address from, object message, IMessageLink back)
    {
        switch (message)
        {
            case RequestData request:
                data.Send(request, back);
                return null;
            case CheckpointPart part:
                store.Tell(new CheckpointPieceArrived(from, part, documents.Take(part.Bytes)));
                return null;
            case DiaryCopy copy:
                (_leading?.Coordinator ?? store).Tell(
                    new DiaryArrived(copy.Run, documents.Take(copy.Diary)));
                return null;
            case SnapshotPart part when _leading is null:
                documents.Take(part.Values);
                return "this head does not lead";
            default:
                return _leading is { } leading
                    ? leading.Take(message, back)
                    : "this head does not lead";
        }
    }
}

/// <summary>A piece of a checkpoint has come from another head.</summary>
internal sealed record CheckpointPieceArrived(
    Address From, CheckpointPart Part, ReadOnlyMemory<byte> Bytes);

/// <summary>The run's diary has come: from slice 0's node to who leads, or from who leads to
/// another head.</summary>
internal sealed record DiaryArrived(RunId Run, ReadOnlyMemory<byte> Json);

/// <summary>What lanes bring to the head that leads.</summary>
/// <param name="checkpoints">The streams of this leadership.</param>
/// <param name="coordinator">Hears of the diary.</param>
/// <param name="onBug">Hears what is thrown beside the actors.</param>
internal sealed class LeadingInbox(
    CheckpointStreams checkpoints, IActorRef coordinator, Action<Exception> onBug)
{
    public IActorRef Coordinator => coordinator;

    /// <returns>Null if it was taken; else why not.</returns>
    public string? Take(object message, IMessageLink back)
    {
        switch (message)
        {
            case SnapshotPart part:
                return checkpoints.OnPart(part);
            case SnapshotEnd end:
                return checkpoints.OnEnd(end);
            case RequestState request:
                // It reads a file, and waits for nobody: not on an actor's thread.
                _ = Task.Run(() => Send(request, back));
                return null;
            default:
                return "not a message to a head";
        }
    }

    private void Send(RequestState request, IMessageLink back)
    {
        try
        {
            checkpoints.Send(request, back);
        }
#pragma warning disable CA1031 // A bug here ends the run, and is not lost with its thread.
        catch (Exception e)
#pragma warning restore CA1031
        {
            onBug(e);
        }
    }
}
