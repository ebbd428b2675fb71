namespace DistTrain.Protocol.Tests;

internal enum Role
{
    Coordinator,
    Slice,
    Worker,
}

internal readonly record struct Address(Role Role, int Id);

/// <summary>
/// A whole run of the real roles in one thread. Messages wait in one pool and are delivered in
/// order, or in an order drawn from a seed, whoever sent them; only the news about one node keep
/// their order. What roles send to each other may be lost or doubled; then time must pass too.
/// Tensors are symbols. What an engine does, <see cref="TestEngine"/> does.
/// </summary>
internal sealed partial class TestCluster
{
    private readonly record struct Envelope(Address From, Address To, object Message);

    private readonly List<Envelope> _pool = [];
    private readonly List<Effect> _effects = [];
    private readonly RunId _run = new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    private readonly RunPlan _plan;
    private readonly Random? _order;
    private readonly int _minWorkers;
    private readonly ParameterServer[] _slices;
    private readonly SortedDictionary<int, Worker> _alive = [];
    private readonly TestEngine _engine;
    private Coordinator _coordinator;

    /// <param name="orderSeed">Null: messages are delivered in the order they were sent.</param>
    public TestCluster(
        RunPlan plan, int workers, int? orderSeed = null, Judge? judge = null,
        Disk? resumeFrom = null, int minWorkers = 1)
    {
        _plan = plan;
        _order = orderSeed is int seed ? new Random(seed) : null;
        _minWorkers = minWorkers;
        Disk = resumeFrom ?? new Disk();
        _slices = [.. Enumerable.Range(0, plan.Slices)
            .Select(s => new ParameterServer(_run, plan, new SliceId(s)))];
        _engine = new TestEngine(plan, judge ?? (_ => (true, false)), Disk, Post);
        _coordinator = NewCoordinator();
        for (int i = 0; i < workers; i++)
        {
            Join(i);
        }

        _coordinator.Start(_effects);
        Execute(new Address(Role.Coordinator, 0));
    }

    public Disk Disk { get; }

    public TestEngine Engine => _engine;

    public List<RunEvent> Events { get; } = [];

    public List<Refused> Refusals { get; } = [];

    public EndRun? End { get; private set; }

    public long Delivered { get; private set; }

    /// <summary>Called before each delivery: faults, stops.</summary>
    public Action<TestCluster>? BeforeDelivery { get; set; }

    /// <summary>Called when nothing is under way and the run is not over.</summary>
    public Action<TestCluster>? WhenIdle { get; set; }

    public int SliceCount => _slices.Length;

    public IReadOnlyCollection<int> Alive => _alive.Keys;

    /// <summary>Runs to the end. Throws if nothing is left to deliver before it, or if the end
    /// does not come within <paramref name="most"/> deliveries.</summary>
    public TestCluster Run(long most = 100_000)
    {
        while (End is null)
        {
            (Delivered < most).ShouldBeTrue($"no end within {most} deliveries");
            BeforeDelivery?.Invoke(this);
            LetTimePass();
            if (_pool.Count == 0)
            {
                WhenIdle?.Invoke(this);
            }

            _pool.ShouldNotBeEmpty("the run is stuck: nothing is on its way");
            DeliverNext();
        }

        while (_pool.Count > 0)
        {
            DeliverNext();
        }

        return this;
    }

    /// <summary>What the run ended with; of its last checkpoint if a slice died after it.</summary>
    public (long Version, long Hash) Result
    {
        get
        {
            IReadOnlyList<SliceState> states = _engine.States;
            if (states.Any(s => s.Version < 0))
            {
                states = [.. Disk.Saved.Values.Last().Slices.Select(s =>
                    _plan.RestoresBest && s.BestVersion is { } best
                        ? s with { Version = best, Parameters = s.Best }
                        : s)];
            }

            return (states.Select(s => s.Version).Distinct().ShouldHaveSingleItem(),
                Symbol.Parameters(states.Select(s => s.Parameters)));
        }
    }

    /// <summary>Completed, with all slices at the oracle's version and hash.</summary>
    public void ShouldEqual((long Version, long Hash) oracle)
    {
        End.ShouldBe(new EndRun(RunOutcome.Completed, oracle.Version, null));
        Result.ShouldBe(oracle);
    }

    public void Stop() => PostNews(new StopRequested());

    public void Join(int worker)
    {
        _alive.Add(worker, new Worker(_run, _plan, new WorkerId(worker)));
        PostNews(new WorkerJoined(new WorkerId(worker)));
    }

    /// <summary>The worker dies. Of what it sent, each message that is still under way may be
    /// lost with it: a gradient may have reached one slice and not another.</summary>
    public void Kill(int worker, Random? losses = null)
    {
        Remove(worker, losses);
        PostNews(new WorkerLost(new WorkerId(worker), "killed"));
    }

    /// <summary>Computing threw: the worker is replaced by a fresh one.</summary>
    private void Fail(int worker, long step)
    {
        Remove(worker, null);
        PostNews(new WorkerFailed(new WorkerId(worker), step, "thrown"));
        Join(worker);
    }

    private void Remove(int worker, Random? losses)
    {
        _alive.Remove(worker);
        var address = new Address(Role.Worker, worker);
        _pool.RemoveAll(e => e.To == address);
        _pool.RemoveAll(e => e.From == address && losses?.Next(2) == 0);
    }

    private void PostNews(object message) => Post(default, default, message);

    private void Post(Address from, Address to, object message) =>
        _pool.Add(new Envelope(from, to, message));

    private void DeliverNext()
    {
        int index = _order?.Next(_pool.Count) ?? 0;
        if (NewsOf(_pool[index].Message) is { } about)
        {
            index = _pool.FindIndex(e => about.Equals(NewsOf(e.Message)));
        }

        Envelope next = _pool[index];
        _pool.RemoveAt(index);
        Delivered++;
        switch (next.To.Role)
        {
            case Role.Coordinator:
                HearOld((CoordinatorMessage)next.Message);
                _coordinator.Handle((CoordinatorMessage)next.Message, _effects);
                break;
            case Role.Slice:
                _slices[next.To.Id].Handle((ParameterServerMessage)next.Message, _effects);
                break;
            case Role.Worker when _alive.TryGetValue(next.To.Id, out Worker? to):
                to.Handle((WorkerMessage)next.Message, _effects);
                break;
        }

        Execute(next.To);
    }

    private static object? NewsOf(object message) => message switch
    {
        WorkerJoined m => m.Worker,
        WorkerLost m => m.Worker,
        WorkerFailed m => m.Worker,
        SliceLost m => m.Slice,
        _ => null,
    };

    private void Execute(Address by)
    {
        Effect[] effects = [.. _effects];
        _effects.Clear();
        foreach (Effect effect in effects)
        {
            switch (effect)
            {
                case SendToCoordinator e: Send(by, default, e.Message); break;
                case SendToSlice e: Send(by, new(Role.Slice, e.Slice.Value), e.Message); break;
                case SendToWorker e: Send(by, new(Role.Worker, e.Worker.Value), e.Message); break;
                case SendToAllWorkers e:
                    foreach (int worker in _alive.Keys)
                    {
                        Send(by, new(Role.Worker, worker), e.Message);
                    }

                    break;
                case Refused e: Refusals.Add(e); break;
                case Report e: Events.Add(e.Event); break;
                case EndRun e:
                    End.ShouldBeNull("a run ends once");
                    End = e;
                    break;
                case StandDown: StoodDown++; break;
                case LeaveRun: Kill(by.Id); break;
                case ComputeGradient e when _engine.Throws(e.Step, by.Id):
                    Fail(by.Id, e.Step);
                    return;
                case ComputeEvaluation e when _engine.Throws(e.Version, by.Id):
                    Fail(by.Id, e.Version);
                    return;
                default: _engine.Execute(by, effect); break;
            }
        }
    }
}
