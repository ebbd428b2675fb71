using DistTrain.Engine;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// The head's end of all connections: who joins and leaves, and what their messages are for.
/// Membership is decided here alone; the roles hear WorkerJoined, WorkerLost, SliceLost.
/// </summary>
internal sealed class HeadNode : ILinkHandler
{
    private readonly Lock _gate = new();
    private readonly HeadParts _parts;
    private readonly INodeLog _log;
    private readonly byte[] _description;
    private readonly HeadSink _sink;
    private bool _isOver;

    public HeadNode(HeadParts parts, byte[] description, INodeLog log)
    {
        _parts = parts;
        _description = description;
        _log = log;
        _sink = new HeadSink(parts.Slices, parts.Tensors.Documents);
    }

    /// <summary>Raised whenever a node has become ready or gone, outside the gate.</summary>
    public event Action? MembersChanged;

    public ITensorSource Source => _parts.Tensors;

    /// <summary>Times that a worker that took part was lost.</summary>
    public int WorkersLost { get; private set; }

    public ITensorSink SinkFor(Link link) => _sink;

    public void OnRefused(Link link, string why) =>
        _log.Debug($"{link.RemoteEndPoint}: refused: {why}");

    public void OnOpen(Link link)
    {
        Hello hello = link.PeerHello!;
        if (hello.Kind == NodeKind.Probe)
        {
            link.TrySend(new ProbeAnswer(
                _parts.Context.Run, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
                ThisProgram.Version));
            return;
        }

        if (WhyNot(hello) is { } why)
        {
            link.TurnAway(why);
            return;
        }

        Welcome(hello, link);
    }

    public void OnMessage(Link link, IncomingMessage message)
    {
        string? refusal = _parts.Members.Find(link) is { } member
            ? Take(member, message)
            : "it has not been welcomed";
        link.Release(message);
        if (refusal is not null)
        {
            _log.Debug($"{link.RemoteEndPoint}: {message.Content.GetType().Name} refused: {refusal}");
        }
    }

    public void OnClosed(Link link, LinkEnd end)
    {
        lock (_gate)
        {
            if (_parts.Members.Find(link) is not { } member)
            {
                return;
            }

            Leave(member, end.Cause);
        }

        MembersChanged?.Invoke();
    }

    /// <summary>Gives all slices but the first to the parameter servers that are ready, in turn.
    /// </summary>
    public void PlaceSlices()
    {
        lock (_gate)
        {
            Member[] servers = [.. _parts.Members.All.Where(
                member => member.Kind == NodeKind.ParameterServer && member.IsReady)];
            for (int i = 1; i < _parts.Context.Plan.Slices && servers.Length > 0; i++)
            {
                var slice = new SliceId(i);
                Member server = servers[(i - 1) % servers.Length];
                _parts.Give(slice, server);
                server.Link.TrySend(new HostSlice(slice, Incarnations.Next()));
            }

            TellPlaces();
        }
    }

    /// <summary>The run is over: all nodes may go. Returns when they have been told, or after
    /// <paramref name="patience"/>.</summary>
    public void SayFarewell(string why, TimeSpan patience)
    {
        Member[] all;
        lock (_gate)
        {
            _isOver = true;
            all = [.. _parts.Members.All];
        }

        foreach (Member member in all)
        {
            member.Link.Leave(new Farewell(why, IsDone: true));
        }

        SpinWait.SpinUntil(() => _parts.Members.All.Count == 0, patience);
    }

    private string? WhyNot(Hello hello)
    {
        if (_isOver)
        {
            return "the run is over";
        }

        if (hello.Kind == NodeKind.Head)
        {
            return "this is a head too; a run has one";
        }

        return _parts.Members.All.Count >= TcpLimits.Nodes
            ? $"the run has {TcpLimits.Nodes} nodes already"
            : null;
    }

    private void Welcome(Hello hello, Link link)
    {
        Member member;
        lock (_gate)
        {
            // The same process again: its old connection is dead, though nobody has noticed yet.
            if (_parts.Members.Find(hello.Node) is { } before)
            {
                Leave(before, "it has connected anew");
                before.Link.Close("the node has connected anew");
            }

            member = _parts.Members.Add(hello, link);
        }

        _log.Debug($"{member} has connected from {link.RemoteEndPoint}");
        Documents documents = _parts.Tensors.Documents;
        TensorHandle description = documents.Add(TensorEncoding.Bytes, _description);
        documents.TrySend(
            link, new Welcome(_parts.Context.Run, member.Ordinal, description), description);
        link.TrySend(_parts.Placement.ToMessage());
    }

    /// <returns>Null if the message was taken; else why not.</returns>
    private string? Take(Member member, IncomingMessage message)
    {
        switch (message.Content)
        {
            case NodeReady ready:
                OnReady(member, ready);
                return null;
            case Farewell:
                return null; // the end of the link tells it
            case ComputationFailed failed when member.Worker == failed.Worker:
                OnFailed(failed);
                return null;
            case RequestData request:
                _parts.Data.Send(request, member.Link);
                return null;
            case RequestState request when IsOf(member, request.Slice):
                _ = Task.Run(() => _parts.Checkpoints.Send(request, member.Link));
                return null;
            case SnapshotPart part when IsOf(member, part.Slice):
                return _parts.Checkpoints.OnPart(part);
            case SnapshotEnd end when IsOf(member, end.Slice):
                return _parts.Checkpoints.OnEnd(end);
            case CoordinatorMessage said:
                return TakeForCoordinator(member, said);
            case ParameterServerMessage said:
                return Senders.IsHonest(member.Kind, member.Ordinal, said)
                    ? _parts.Slices.TryDeliver(said, message.Recipient)
                    : "it speaks for another";
            default:
                return "not a message to a head";
        }
    }

    private string? TakeForCoordinator(Member member, CoordinatorMessage message)
    {
        if (!Senders.IsHonest(member, message)
            || (Senders.SliceOf(message) is { } slice && !IsOf(member, slice)))
        {
            return "it speaks for another";
        }

        _parts.Coordinator.Post(message);
        return null;
    }

    private bool IsOf(Member member, SliceId slice) =>
        slice.Value < _parts.Context.Plan.Slices && _parts.Placement.Find(slice) == member;

    private void OnReady(Member member, NodeReady ready)
    {
        lock (_gate)
        {
            if (member.IsReady || _parts.Members.Find(member.Link) is null)
            {
                return;
            }

            member.Address = ready.Address;
            _parts.Members.BecomeReady(member);
            if (member.Kind == NodeKind.Worker)
            {
                _parts.CountWorkers();
                _parts.Coordinator.Post(new WorkerJoined(member.Worker));
            }
        }

        _log.Information($"{member} is ready");
        MembersChanged?.Invoke();
    }

    private void OnFailed(ComputationFailed failed)
    {
        _parts.Context.CountFailure();
        _parts.Coordinator.Post(new WorkerFailed(failed.Worker, failed.Step, failed.Cause));
        _parts.Coordinator.Post(new WorkerJoined(failed.Worker));
    }

    // Under the gate, so that the coordinator hears of one node's coming and going in order.
    private void Leave(Member member, string cause)
    {
        _parts.Members.Remove(member);
        if (_isOver)
        {
            return;
        }

        _log.Information($"{member} is gone: {cause}");
        if (member.Kind == NodeKind.Worker && member.IsReady)
        {
            WorkersLost++;
            _parts.CountWorkers();
            _parts.Coordinator.Post(new WorkerLost(member.Worker, cause));
        }

        foreach (SliceId slice in _parts.Placement.Of(member).ToArray())
        {
            _parts.Checkpoints.Forget(slice);
            _parts.HostHere(slice);
            _parts.Coordinator.Post(new SliceLost(slice, $"{member} is gone: {cause}"));
        }

        TellPlaces();
    }

    private void TellPlaces()
    {
        SlicePlaces places = _parts.Placement.ToMessage();
        foreach (Member member in _parts.Members.All)
        {
            member.Link.TrySend(places);
        }
    }
}
