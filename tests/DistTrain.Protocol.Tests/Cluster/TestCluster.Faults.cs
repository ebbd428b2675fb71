namespace DistTrain.Protocol.Tests;

/// <summary>What may go wrong beside workers: the network, slices, the coordinator.</summary>
internal sealed partial class TestCluster
{
    private readonly Dictionary<int, long> _incarnations = [];
    private readonly List<Coordinator> _old = [];
    private readonly HashSet<int> _leaving = [];
    private int _coordinators;
    private long _ticks;
    private Random? _faults;
    private double _losses;
    private double _doubles;

    /// <summary>Deliveries between two ticks; 0: no time passes.</summary>
    public int TickEvery { get; set; }

    public long Lost { get; private set; }

    public long Doubled { get; private set; }

    public long StoodDown { get; private set; }

    /// <summary>From now on messages between roles are lost and doubled.</summary>
    /// <param name="seed">Draws which.</param>
    /// <param name="losses">Share that is lost.</param>
    /// <param name="doubles">Share that comes twice.</param>
    public TestCluster WithNetwork(int seed, double losses, double doubles)
    {
        _faults = new Random(seed);
        _losses = losses;
        _doubles = doubles;
        _engine.LosesCopy = () => _faults.NextDouble() < _losses;
        TickEvery = TickEvery == 0 ? 20 : TickEvery;
        return this;
    }

    /// <summary>A slice's node dies and comes back with nothing; the news may come late.</summary>
    /// <param name="slice">Which one.</param>
    /// <param name="losses">Draws what dies with it of what it sent.</param>
    /// <param name="isNoticed">False: the engine does not notice.</param>
    public void CrashSlice(int slice, Random losses, bool isNoticed = true)
    {
        var address = new Address(Role.Slice, slice);
        _pool.RemoveAll(e => e.From == address && e.To == address);
        _pool.RemoveAll(e => e.To == address && losses.Next(2) == 0);
        _pool.RemoveAll(e => e.From == address && losses.Next(2) == 0);
        _engine.LoseSlice(slice);
        long incarnation = _incarnations[slice] = _incarnations.GetValueOrDefault(slice) + 1;
        _slices[slice] = new ParameterServer(_run, _plan, new SliceId(slice), incarnation);
        if (isNoticed)
        {
            PostNews(new SliceLost(new SliceId(slice), "killed"));
        }
    }

    /// <summary>The coordinator's node dies; another one begins, with what is on disk and the
    /// workers that its engine sees. Of what the old one sent, much still arrives.</summary>
    public void CrashCoordinator(Random losses)
    {
        _pool.RemoveAll(e => e.To == default && NewsOf(e.Message) is WorkerId);
        _pool.RemoveAll(e => e.To == default && losses.Next(2) == 0);
        _engine.LoseCoordinator();
        _coordinators++;
        _coordinator = NewCoordinator();
        foreach (int worker in _alive.Keys)
        {
            PostNews(new WorkerJoined(new WorkerId(worker)));
        }

        _coordinator.Start(_effects);
        Execute(new Address(Role.Coordinator, 0));
    }

    /// <summary>Another coordinator begins while the one before still thinks that it leads, sends,
    /// and hears some of what is meant for the new one.</summary>
    public void SplitCoordinator(Random losses)
    {
        _old.Add(_coordinator);
        CrashCoordinator(losses);
    }

    private void HearOld(CoordinatorMessage message)
    {
        foreach (Coordinator old in _old)
        {
            bool isOwnEngines = NewsOf(message) is not null
                || message is CheckpointSaved or CheckpointFailed or StopRequested;
            if (!isOwnEngines && _faults!.Next(2) == 0)
            {
                old.Handle(message, _effects);
                _effects.RemoveAll(e => e is EndRun);
                Execute(new Address(Role.Coordinator, 0));
            }
        }
    }

    /// <summary>A worker asks to leave, again and again until it may.</summary>
    public void Leave(int worker)
    {
        _leaving.Add(worker);
        Send(new Address(Role.Worker, worker), default, new WorkerLeaving(
            new WorkerId(worker), "asked to"));
    }

    public void Tick()
    {
        foreach (Coordinator coordinator in _old.Append(_coordinator))
        {
            coordinator.Tick(_effects);
            Execute(new Address(Role.Coordinator, 0));
        }

        for (int i = 0; i < _slices.Length; i++)
        {
            _slices[i].Tick(_effects);
            Execute(new Address(Role.Slice, i));
        }

        _leaving.IntersectWith(_alive.Keys);
        foreach (int worker in ++_ticks % 10 == 0 ? _leaving.ToArray() : [])
        {
            Leave(worker);
        }
    }

    private Coordinator NewCoordinator() => new(_run, _plan, Disk.ToOptions() with
    {
        MinWorkers = _minWorkers,
        Number = _coordinators,
    });

    private void LetTimePass()
    {
        if (TickEvery > 0 && Delivered % TickEvery == 0)
        {
            Tick();
        }

        for (int i = 0; TickEvery > 0 && _pool.Count == 0 && i < 10_000; i++)
        {
            Tick();
        }
    }

    private void Send(Address from, Address to, object message)
    {
        if (_faults is { } random && random.NextDouble() < _losses)
        {
            Lost++;
            return;
        }

        Post(from, to, message);
        if (_faults is { } again && again.NextDouble() < _doubles)
        {
            Doubled++;
            Post(from, to, message);
        }
    }
}
