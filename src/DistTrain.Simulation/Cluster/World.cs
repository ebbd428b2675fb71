using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// A whole cluster in one thread: takes one event after the other, in virtual time. What happens
/// follows from the scenario alone.
/// </summary>
internal sealed class World
{
    // The user restarts a run that has failed or was stopped, all of it.
    private const long RestartMicros = Clock.Second / 2;

    private readonly EventQueue _events = new();
    private readonly Liveness _liveness;

    public World(
        Scenario scenario, IComputation computation, IRoleFactory roles,
        IReadOnlyList<Observer> observers)
    {
        Scenario = scenario;
        Computation = computation;
        Roles = roles;
        Run = new RunId(new Guid((int)scenario.Seed, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]));
        Dice = new Dice(scenario.Seed, purpose: 1);
        Watch = new Watch(this, observers);
        Network = new Network(this);
        Faults = new FaultInjector(this);
        Nodes = [.. Enumerable.Range(0, scenario.Nodes).Select(id => new Node(this, id))];
        _liveness = new Liveness(this);
    }

    private int _numbers;

    public Scenario Scenario { get; }

    public IComputation Computation { get; }

    public IRoleFactory Roles { get; }

    public RunId Run { get; }

    public Dice Dice { get; }

    public Watch Watch { get; set; }

    public Network Network { get; }

    public FaultInjector Faults { get; }

    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>Microseconds.</summary>
    public long Now { get; private set; }

    public long EventCount { get; private set; }

    /// <summary>Ticks from a fault's end to the next progress, at worst.</summary>
    public long WorstRecoveryTicks => _liveness.WorstRecoveryTicks;

    /// <summary>The effects of the role that acts; one acts at a time.</summary>
    public List<Effect> Effects { get; } = [];

    /// <summary>A coordinator has completed the run, and what it gave can be had.</summary>
    public bool IsDone { get; private set; }

    /// <exception cref="CheckFailedException">A check failed.</exception>
    public void RunToEnd()
    {
        foreach (Node node in Nodes)
        {
            node.Start(beginsRun: node.Id == 0);
        }

        Faults.OnProgress(0);
        while (!IsDone)
        {
            Now = _events.NextTime;
            EventCount++;
            _liveness.Check();
            Carry(_events.Take());
        }
    }

    /// <summary>For slices and coordinators: one that none before has had.</summary>
    public int NextNumber() => ++_numbers;

    /// <summary>This version was published.</summary>
    public void OnPublished(long version)
    {
        if (_liveness.IsProgress(version))
        {
            Faults.OnProgress(version);
        }
    }

    /// <summary>A checkpoint is written, an epoch judged: that is progress too.</summary>
    public void OnMilestone() => _liveness.OnMilestone();

    public void OnEnded(RoleHost coordinator, EndRun end)
    {
        Watch.Ended(coordinator, end);
        IsDone = end.Outcome == RunOutcome.Completed
            && FinalModel.CanBeHad(this, coordinator.Process.Directory);
        if (!IsDone)
        {
            Post(RestartMicros, new Event(-1, null, null, -1, Address.Engine, end));
        }
    }

    public void PostLocal(int node, int from, Address to, object message, long micros) =>
        Post(micros, new Event(node, null, null, from, to, message));

    public void PostRemote(int node, int from, Address to, object message, long micros) =>
        Post(micros, new Event(node, null, null, from, to, message));

    public void PostToProcess(Process process, long micros, object message) => Post(
        micros,
        new Event(process.Node.Id, process, null, process.Node.Id, Address.Engine, message));

    public void PostAnswer(RoleHost host, long micros, object message) => Post(
        micros,
        new Event(host.Process.Node.Id, host.Process, host, -1, host.Address, message));

    public void PostTick(Process process, long micros) => Post(
        micros,
        new Event(process.Node.Id, process, null, -1, Address.Engine, TickDue.Instance));

    public void PostSoon(in Event message) => Post(0, message);

    public void PostRecovery(Node node, long micros) =>
        Post(micros, new Event(-1, null, null, -1, Address.Engine, node));

    public void PostFault(FaultDue due, long micros) =>
        Post(micros, new Event(-1, null, null, -1, Address.Engine, due));

    private void Post(long micros, in Event what) => _events.Add(Now + micros, what);

    private void Carry(in Event what)
    {
        switch (what.What)
        {
            case FaultDue due: Faults.Carry(due); return;
            case Node node: node.Recover(); return;
            case EndRun: RestartAll(); return;
        }

        bool isOnItsWay = what.From >= 0 && what.From != what.Node && what.What is not Heartbeat;
        Node at = Nodes[what.Node];
        bool isStale = (what.Process is not null && what.Process != at.Process)
            || what.Host is { IsGone: true };
        if (!isStale && at.IsPaused && at.Process is not null)
        {
            if (at.TryKeep(what))
            {
                Faults.PauseFelt(at.Id);
                return;
            }
        }
        else if (!isStale)
        {
            at.Process?.Receive(what);
        }

        if (isOnItsWay)
        {
            Network.Arrived();
        }
    }

    private void RestartAll()
    {
        Watch.Engine(-1, "the user starts the run again, to resume the latest checkpoint");
        foreach (Node node in Nodes)
        {
            if (!node.IsDown)
            {
                node.Stop();
                node.Start(beginsRun: node.Id == 0);
            }
        }
    }
}
