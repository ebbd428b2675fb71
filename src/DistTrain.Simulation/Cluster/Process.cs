using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// What runs on a node: the simulated engine and the roles that it hosts. All of it is lost when
/// the process ends; a restarted node begins with a new one.
/// </summary>
internal sealed class Process
{
    private readonly SliceHost?[] _slices;
    private readonly WorkerHost? _worker;
    private readonly HeadEngine? _head;
    private int _ticks;

    /// <param name="world">Where it runs.</param>
    /// <param name="node">On which machine.</param>
    /// <param name="number">From 1, one more with each restart of the node.</param>
    /// <param name="beginsRun">The user started the run here.</param>
    public Process(World world, Node node, int number, bool beginsRun)
    {
        World = world;
        Node = node;
        Number = number;
        Peers = new Peers(world.Scenario.Nodes);
        _slices = new SliceHost?[world.Scenario.Plan.Slices];
        if (node.Kind == NodeKind.Worker)
        {
            _worker = new WorkerHost(this, node.Id - world.Scenario.FirstWorker);
        }
        else if (node.Kind == NodeKind.Head)
        {
            _head = new HeadEngine(this, beginsRun);
        }
    }

    public World World { get; }

    public Node Node { get; }

    public int Number { get; }

    public bool HasEnded { get; private set; }

    public Peers Peers { get; }

    /// <summary>The newest that this process has heard of.</summary>
    public SliceDirectory Directory { get; private set; } = SliceDirectory.None;

    public bool Leads => _head is { IsLeading: true };

    /// <summary>The slices hosted here.</summary>
    public IEnumerable<SliceHost> Slices => _slices.OfType<SliceHost>();

    public SliceHost? SliceAt(int slice) => _slices[slice];

    public CoordinatorHost? Coordinator => _head?.Coordinator;

    public void End()
    {
        HasEnded = true;
        _worker?.Leave();
        _head?.Coordinator?.Leave();
        foreach (SliceHost slice in Slices)
        {
            slice.Leave();
        }
    }

    public void Receive(in Event message)
    {
        if (message.Host is { } host)
        {
            host.Deliver(message.What);
            return;
        }

        switch (message.To.Role)
        {
            case Role.Engine: OnEngineMessage(message.From, message.What); break;
            case Role.Coordinator: _head?.Coordinator?.Deliver(message.What); break;
            case Role.Slice: _slices[message.To.Id]?.Deliver(message.What); break;
            case Role.Worker: _worker?.Deliver(message.What); break;
        }
    }

    public void SendToCoordinator(object message)
    {
        if (Directory.Head >= 0)
        {
            World.Network.Send(Node.Id, Directory.Head, Address.Coordinator, message);
        }
    }

    public void SendToSlice(int slice, object message)
    {
        if (slice < Directory.Places.Length)
        {
            World.Network.Send(
                Node.Id, Directory.Places[slice].Node, Address.Slice(slice), message);
        }
    }

    public void SendToWorker(int worker, object message) => World.Network.Send(
        Node.Id, World.Scenario.FirstWorker + worker, Address.Worker(worker), message);

    public void SendToEngine(int node, EngineMessage message) =>
        World.Network.Send(Node.Id, node, Address.Engine, message);

    private void SendToHead(EngineMessage message)
    {
        if (Directory.Head >= 0)
        {
            SendToEngine(Directory.Head, message);
        }
    }

    /// <summary>Computing threw: tells the leading head, ends, and comes back anew.</summary>
    public void Fail(long step)
    {
        SendToHead(new LastWords(Number, step));
        Node.Crash();
        World.PostRecovery(Node, EngineTimes.RestartTicks * Clock.Tick);
    }

    /// <summary>The worker may go. One that did not ask comes back at once.</summary>
    public void Leave()
    {
        bool hasAsked = Node.Leaves is not null;
        Node.Leaves?.HadAnEffect();
        World.Watch.Engine(Node.Id, hasAsked ? "leaves" : "is told to leave, and restarts");
        Node.Crash();
        if (!hasAsked)
        {
            World.PostRecovery(Node, EngineTimes.RestartTicks * Clock.Tick);
        }
    }

    /// <summary>Takes a directory up if it is newer, and hosts what it says.</summary>
    public void Learn(SliceDirectory directory)
    {
        if (!directory.IsNewerThan(Directory))
        {
            return;
        }

        Directory = directory;
        for (int slice = 0; slice < directory.Places.Length; slice++)
        {
            Place place = directory.Places[slice];
            bool isHere = place.Node == Node.Id && place.Process == Number;
            if (_slices[slice] is { } old && !(isHere && old.Incarnation == place.Incarnation))
            {
                old.Leave();
                _slices[slice] = null;
            }

            if (isHere && _slices[slice] is null)
            {
                _slices[slice] = new SliceHost(this, slice, place.Incarnation);
            }
        }
    }

    private void OnEngineMessage(int from, object message)
    {
        switch (message)
        {
            case TickDue: OnTick(); break;
            case Heartbeat m:
                Peers.Hear(from, m.Process, World.Now);
                Learn(m.Directory);
                _head?.OnHeartbeat(from, m);
                break;
            case CheckpointReply m: _slices[m.Slice]?.OnReply(m); break;
            case EngineMessage m: _head?.OnMessage(from, m); break;
        }
    }

    private void OnTick()
    {
        _ticks++;
        if ((_ticks + Node.Id) % EngineTimes.HeartbeatTicks == 0)
        {
            SendHeartbeats();
        }

        _head?.OnTick();
        _head?.Coordinator?.Tick();
        foreach (SliceHost? slice in _slices)
        {
            slice?.AskAgain();
            slice?.Tick();
        }

        _worker?.Tick();
        if (Node.Leaves is not null && _worker is not null && !HasEnded
            && _ticks % EngineTimes.RetryTicks == 0)
        {
            SendToHead(new LeaveRequest(Number));
        }

        if (!HasEnded)
        {
            World.PostTick(this, Clock.Tick);
        }
    }

    /// <summary>Heads tell all; others tell heads.</summary>
    public void SendHeartbeats()
    {
        long newest = Node.Disk.Files.Count == 0 ? -1 : Node.Disk.Files[^1].Version;
        var heartbeat = new Heartbeat(Number, Directory, Leads, newest);
        int to = Node.Kind == NodeKind.Head ? World.Scenario.Nodes : World.Scenario.Heads;
        for (int node = 0; node < to; node++)
        {
            if (node != Node.Id)
            {
                SendToEngine(node, heartbeat);
            }
        }
    }
}
