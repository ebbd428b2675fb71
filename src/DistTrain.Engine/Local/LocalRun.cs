using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>One run: builds the actors, lets them work, and gathers the result.</summary>
internal sealed class LocalRun : IDisposable
{
    private readonly TrainingTask _task;
    private readonly RunOptions _options;
    private readonly int _workers;
    private readonly int _actors;
    private readonly RoleContext _context;
    private readonly HeadContext _head;
    private readonly Routes _routes;
    private readonly Dispatcher _dispatcher;
    private readonly int _threads;
    private readonly SharedMemory _memory;
    private readonly ComputeTeam? _team;
    private readonly TeamState? _teamState;
    private readonly SliceRole[] _slices;
    private readonly CoordinatorRole _coordinator;

    public LocalRun(
        TrainingTask task, RunOptions options, IRunObserver observer, EngineHooks hooks)
    {
        _task = task;
        _options = options;

        // The workers of a team are its threads; what they do together is one actor's. Else a
        // worker beyond the units of a step would never get a share, and is not even started; nor
        // is a thread without a worker: one worker's roles are all on its own thread.
        int members = LocalEngine.TeamMembers(task, options);
        bool isTeam = members > 0;
        _workers = isTeam ? members : Math.Min(options.Workers, task.Steps.LeavesOf(0));
        _threads = Math.Min(options.Threads, Math.Min(_workers, Environment.ProcessorCount));
        _actors = isTeam ? 1 : _workers;
        IReadOnlyList<ParameterInterval> intervals = ParameterInterval.Cut(
            task.Layout.Count, isTeam ? 1 : options.ParameterServers ?? _threads);
        RunPlan plan = RunPlanner.PlanOf(
            task, intervals.Count, options.CheckpointEverySteps, _actors);
        var run = new RunId(options.ResumeFrom?.Run ?? Guid.NewGuid());
        _context = new RoleContext(task, run, plan, intervals, options.Isa, hooks)
        {
            SkipsZeros = options.SkipZeros,
            WorkersAlive = _workers,
        };
        _head = new HeadContext(
            task, intervals.Count, options.ResumeFrom,
            RunFiles.In(options.OutFolder, task, options.Keep, run), new SerialObserver(observer));
        _routes = new Routes(hooks);
        _dispatcher = new Dispatcher(isTeam ? 1 : _threads, _routes.Describe);
        _memory = new SharedMemory(task, plan, _actors, keepsGradients: !isTeam);
        if (isTeam)
        {
            _team = new ComputeTeam(_threads);
            _teamState = new TeamState(_context, _memory, _team);
            _context.Arithmetic = _teamState;
        }

        _slices = [.. Enumerable.Range(0, plan.Slices).Select(i => NewSlice(new SliceId(i)))];
        _coordinator = new CoordinatorRole(
            _head, new Coordinator(run, plan, CoordinatorOptions()), _routes, _dispatcher.Stop);
        MakeActors();
    }

    public RunResult Run(CancellationToken stop)
    {
        _head.Observer.OnStarted(new RunStart(
            _options.ResumeFrom?.Version ?? 0, _task.Steps.TotalSteps,
            _task.Steps.StepsPerEpoch, _workers, _options.Workers - _workers,
            _context.Plan.Slices, _threads, _options.Isa));
        _head.Writer = _head.Files is { } files
            ? new CheckpointWriter(files, _dispatcher, _routes.ToCoordinator)
            : null;

        try
        {
            _coordinator.Start();
            for (int i = 0; i < _actors; i++)
            {
                _routes.ToCoordinator(new WorkerJoined(new WorkerId(i)));
            }

            using (stop.Register(() => _routes.ToCoordinator(new StopRequested())))
            using (new Ticker([_routes.Coordinator, .. _routes.Slices]))
            {
                _dispatcher.Run();
            }
        }
        finally
        {
            _head.Writer?.Close();
        }

        return Result();
    }

    public void Dispose() => _team?.Dispose();

    /// <summary>
    /// Worker i and slice i are at home on thread i, so that a gradient and its slice's interval
    /// stay in one core's caches; the coordinator hears slice 0 and is with it. Where workers are
    /// more than threads, a thread that is done may take one over.
    /// </summary>
    private void MakeActors()
    {
        RunPlan plan = _context.Plan;
        _routes.Slices = [.. _slices.Select((slice, i) => new RoleActor<ParameterServerMessage>(
            slice, _dispatcher, new Place(i), MailboxCapacity.OfSlice(plan, _actors)))];
        _routes.Workers = [.. Enumerable.Range(0, _actors).Select(i =>
            new RoleActor<WorkerMessage>(
                NewWorker(new WorkerId(i)), _dispatcher, new Place(i, _actors > _threads),
                MailboxCapacity.OfWorker(plan)))];
        _routes.Coordinator = new RoleActor<CoordinatorMessage>(
            _coordinator, _dispatcher, new Place(0),
            MailboxCapacity.OfCoordinator(plan, _actors));
    }

    private SupervisedWorker NewWorker(WorkerId id) => new(
        _context, id, _routes, new SharedWorkerMemory(_memory, _context.Plan.Slices, _teamState));

    private SliceRole NewSlice(SliceId id)
    {
        ParameterInterval interval = _context.Intervals[id.Value];
        return new SliceRole(
            _context, id, incarnation: 0, _routes, new SharedSliceMemory(_memory, interval),
            new HeadStorage(_head, interval, _routes.ToCoordinator),
            id.Value == 0 ? _head.Recorder : null, _teamState);
    }

    private CoordinatorOptions CoordinatorOptions()
    {
        var options = new CoordinatorOptions
        {
            MinWorkers = Math.Min(_options.MinWorkers, _actors),
        };
        if (_options.ResumeFrom is not { } from)
        {
            return options;
        }

        return options with { Source = RestoreSource.Checkpoint, Version = from.Version };
    }

    private float[]? ParametersOf(long version)
    {
        if (_teamState is { HasParameters: false })
        {
            return null;
        }

        _teamState?.WriteOut(version);
        return _memory.Blocks.Of(version).ToArray();
    }

    // The highest version that every slice has reached. The blocks still hold it: the slices are
    // never more than one version apart.
    private RunResult Result()
    {
        long version = _slices.Min(slice => slice.Version);
        return RunEnding.Result(
            _head, _dispatcher.Failure, version, _context.Failures, ParametersOf);
    }
}
