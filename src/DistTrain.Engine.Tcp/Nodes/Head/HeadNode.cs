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
    private readonly HeadMessages _messages;
    private readonly TaskCompletionSource _allLeft =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _isOver;

    public HeadNode(HeadParts parts, byte[] description, INodeLog log)
    {
        _parts = parts;
        _description = description;
        _log = log;
        _sink = new HeadSink(parts.Slices, parts.Tensors.Documents);
        _messages = new HeadMessages(parts, OnReady, OnFailed);
    }

    /// <summary>Raised whenever a node has become ready or gone, outside the gate.</summary>
    public event Action? MembersChanged;

    public ITensorSource Source => _parts.Tensors;

    /// <summary>Times that a worker that took part was lost; one that said farewell was not.
    /// </summary>
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

        if (TryWelcome(hello, link) is { } why)
        {
            link.TurnAway(why);
        }
    }

    public void OnMessage(Link link, IncomingMessage message)
    {
        string? refusal = _parts.Members.Find(link) is { } member
            ? _messages.Take(member, message)
            : "it has not been welcomed";
        link.Release(message);
        if (refusal is not null)
        {
            _messages.Forget(message.Content);
            _log.Debug(
                $"{link.RemoteEndPoint}: {message.Content.GetType().Name} refused: {refusal}");
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

            Leave(member, end);
        }

        MembersChanged?.Invoke();
    }

    /// <summary>Gives all slices but the first to the parameter servers that are ready, in turn;
    /// without any they begin here.</summary>
    /// <param name="nodes">Parameter servers that take slices; others are spare.</param>
    public void PlaceSlices(int nodes)
    {
        lock (_gate)
        {
            Member[] servers = [.. _parts.Members.All
                .Where(member => member.Kind == NodeKind.ParameterServer && member.IsReady)
                .Take(nodes)];
            for (int i = 1; i < _parts.Context.Plan.Slices; i++)
            {
                var slice = new SliceId(i);
                if (servers.Length == 0)
                {
                    _parts.HostHere(slice);
                    continue;
                }

                Member server = servers[(i - 1) % servers.Length];
                _parts.Placement.Move(slice, server);
                server.Link.TrySend(new HostSlice(slice, _parts.NextIncarnation()));
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
            if (all.Length == 0)
            {
                _allLeft.TrySetResult();
            }
        }

        foreach (Member member in all)
        {
            member.Link.Leave(new Farewell(why, IsDone: true));
        }

        if (!_allLeft.Task.Wait(patience))
        {
            foreach (Member member in _parts.Members.All)
            {
                member.Link.Close("it did not hear the farewell");
            }
        }
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

    /// <returns>Null if it is welcome; else why not.</returns>
    private string? TryWelcome(Hello hello, Link link)
    {
        lock (_gate)
        {
            if (WhyNot(hello) is { } why)
            {
                return why;
            }

            // The same process again: its old connection is dead, though nobody has noticed yet.
            if (_parts.Members.Find(hello.Node) is { } before)
            {
                Leave(before, new LinkEnd(LinkEndKind.Lost, "it has connected anew"));
                before.Link.Close("the node has connected anew");
            }

            Member member = _parts.Members.Add(hello, link);
            _log.Debug($"{member} has connected from {link.RemoteEndPoint} by {link.Way}");
            Documents documents = _parts.Tensors.Documents;
            TensorHandle description = documents.Add(TensorEncoding.Bytes, _description);
            documents.TrySend(
                link, new Welcome(_parts.Context.Run, member.Ordinal, description), description);
            link.TrySend(_parts.Placement.ToMessage());
            return null;
        }
    }

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

    private void OnFailed(Member member, ComputationFailed failed)
    {
        lock (_gate)
        {
            if (!member.IsReady || _parts.Members.Find(member.Link) is null)
            {
                return; // nobody counts on it
            }

            _parts.Context.CountFailure();
            _parts.Coordinator.Post(new WorkerFailed(failed.Worker, failed.Step, failed.Cause));
            _parts.Coordinator.Post(new WorkerJoined(failed.Worker));
        }

        _log.Warning($"{member} failed in step {failed.Step}: {failed.Cause}");
    }

    // Under the gate, so that the coordinator hears of one node's coming and going in order.
    private void Leave(Member member, LinkEnd end)
    {
        _parts.Members.Remove(member);
        if (_isOver)
        {
            if (_parts.Members.All.Count == 0)
            {
                _allLeft.TrySetResult();
            }

            return;
        }

        string cause = end.Cause;
        _log.Information($"{member} is gone: {cause}");
        if (member.Kind == NodeKind.Worker && member.IsReady)
        {
            WorkersLost += end.Kind == LinkEndKind.Farewell ? 0 : 1;
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
