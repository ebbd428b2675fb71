using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// What lanes bring to a node: tensors go to where they will be read, messages to the actors that
/// they are for. Called by the lanes' actors; what is set here is set by the node's own.
/// </summary>
/// <param name="tensors">What the node sends, and documents that come.</param>
/// <param name="log">For people.</param>
internal sealed class NodeInbox(NodeTensors tensors, INodeLog log) : ILaneHandler, ITensorSink
{
    private const int MostPieceBytes = 2 << 20;

    private volatile IActorRef _node = ActorRefs.Nobody;
    private volatile WorkerInbox? _worker;
    private volatile RemoteStorages? _storages;
    private volatile HeadInbox? _head;

    public ITensorSource Source => tensors;

    public NodeTensors Tensors => tensors;

    /// <summary>Hears what is for no role.</summary>
    public IActorRef Node
    {
        set => _node = value;
    }

    /// <summary>The worker here, once a run is known.</summary>
    public WorkerInbox? Worker
    {
        set => _worker = value;
    }

    /// <summary>Where saved states of the slices here arrive.</summary>
    public RemoteStorages? Storages
    {
        set => _storages = value;
    }

    /// <summary>What a head hears; null where this is none.</summary>
    public HeadInbox? Head
    {
        set => _head = value;
    }

    public ITensorSink SinkFor(Address from) => this;

    public bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        (handle, room) = (default, default);
        switch (message)
        {
            case ParametersPublished published:
                return _worker is { } worker
                    && worker.Memory.Received.TryRent(published, tensor, out handle, out room);
            case ParameterServerMessage:
                return tensors.Slices is { } slices
                    && slices.TryRent(message, tensor, out handle, out room);
        }

        int most = message switch
        {
            Welcome => RunDescription.MostBytes,
            DiaryCopy => DiaryState.MostBytes,
            DataPart or StatePart or SnapshotPart or CheckpointPart => MostPieceBytes,
            _ => 0,
        };
        if (tensor.Bytes > most)
        {
            return false;
        }

        handle = tensors.Documents.Rent(tensor, out room);
        return true;
    }

    public void Abandon(TensorHandle handle)
    {
        NodeHandle kind = NodeHandle.Of(handle);
        switch (kind.Kind)
        {
            case TensorKind.Document:
                // The metrics of an evaluation are documents too, of a slice's own table.
                tensors.Documents.Remove(handle);
                tensors.Slices?.Abandon(handle);
                break;
            case TensorKind.Received:
                _worker?.Memory.Received.Abandon(kind);
                break;
            default:
                tensors.Slices?.Abandon(handle);
                break;
        }
    }

    public void OnMessage(Address from, IncomingMessage message, IMessageLink back)
    {
        if (Take(from, message, back) is { } refusal)
        {
            log.Debug($"{from}: {message.Content.GetType().Name} refused: {refusal}");
        }
    }

    public void OnRefused(Address from, string why) => log.Debug($"{from}: refused: {why}");

    public void OnBroken(Address node, string why) =>
        log.Debug($"the lane to {node} is over: {why}");

    public void OnFault(Exception e) => _node.Tell(new BugInLane(e));

    /// <returns>Null if it was taken; else why not.</returns>
    private string? Take(Address from, IncomingMessage message, IMessageLink back)
    {
        switch (message.Content)
        {
            case ParametersPublished published:
                return _worker is { } worker ? worker.Take(published) : "no worker is ready";
            case ParameterServerMessage said:
                return tensors.Slices is { } slices
                    ? slices.TryDeliver(said, message.Recipient)
                    : "no slice is here";
            case StatePart part:
                ReadOnlyMemory<byte> state = tensors.Documents.Take(part.Values);
                return _storages is { } parts ? parts.OnPart(part, state.Span) : "no slice is here";
            case StateEnd end:
                return _storages is { } ends ? ends.OnEnd(end) : "no slice is here";
            case Welcome welcome:
                _node.Tell(new Welcomed(
                    from, welcome.Run, welcome.Ordinal,
                    tensors.Documents.Take(welcome.Description)));
                return null;
            case DataPart part:
                _node.Tell(new DataArrived(part, tensors.Documents.Take(part.Bytes)));
                return null;
            default:
                return _head is { } head
                    ? head.Take(from, message.Content, back)
                    : "not a message to such a node";
        }
    }
}

/// <summary>The run, as the coordinator describes it to a node that joins.</summary>
/// <param name="From">The coordinator's node.</param>
/// <param name="Run">Which run.</param>
/// <param name="Ordinal">Which worker or parameter server the node is.</param>
/// <param name="Description">JSON of a <see cref="RunDescription"/>.</param>
internal sealed record Welcomed(
    Address From, RunId Run, int Ordinal, ReadOnlyMemory<byte> Description);

/// <summary>What a lane brought was more than this node could bear.</summary>
internal sealed record BugInLane(Exception Failure);

/// <summary>A piece of the data set has come.</summary>
internal sealed record DataArrived(DataPart Part, ReadOnlyMemory<byte> Bytes);

/// <summary>A node's worker, as lanes see it.</summary>
internal sealed class WorkerInbox(NodeWorkerMemory memory, IActorRef actor)
{
    public NodeWorkerMemory Memory => memory;

    /// <returns>Null if it was delivered; else why not.</returns>
    public string? Take(ParametersPublished published)
    {
        if (!memory.Received.TryComplete(NodeHandle.Of(published.Parameters)))
        {
            return "of no use any more";
        }

        actor.Tell(published);
        return null;
    }
}
