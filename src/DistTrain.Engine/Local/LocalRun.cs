using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>One run: builds the actors, lets them work, and gathers the result.</summary>
internal sealed class LocalRun
{
    private readonly TrainingTask _task;
    private readonly RunOptions _options;
    private readonly RunContext _context;
    private readonly RunFiles? _files;
    private readonly Routes _routes;
    private readonly Dispatcher _dispatcher;
    private readonly int _threads;

    public LocalRun(
        TrainingTask task, RunOptions options, IRunObserver observer, LocalHooks hooks)
    {
        _task = task;
        _options = options;

        // A worker beyond the units of a step would never get a share; it is not even started.
        int workers = Math.Min(options.Workers, task.Steps.LeavesOf(0));

        // Nor is a thread without a worker: one worker's roles are all on its own thread.
        _threads = Math.Min(options.Threads, Math.Min(workers, Environment.ProcessorCount));
        IReadOnlyList<ParameterInterval> intervals =
            ParameterInterval.Cut(task.Layout.Count, options.ParameterServers ?? _threads);
        RunPlan plan = RunPlanner.PlanOf(
            task, intervals.Count, options.CheckpointEverySteps, workers);
        _context = new RunContext(
            task, options, plan, workers, intervals, new SerialObserver(observer), hooks);
        _routes = new Routes(hooks);
        _dispatcher = new Dispatcher(_threads, _routes.Describe);
        if (options.OutFolder is { } folder)
        {
            _files = new RunFiles(task, folder, options.Keep, _context.Run.Value);
            _context.States.Read = _files.Read;
        }

        MakeActors(plan, workers);
    }

    public RunResult Run(CancellationToken stop)
    {
        _context.Observer.OnStarted(new RunStart(
            _options.ResumeFrom?.Version ?? 0, _task.Steps.TotalSteps,
            _task.Steps.StepsPerEpoch, _context.Workers, _options.Workers - _context.Workers,
            _context.Plan.Slices, _threads, _options.Isa));
        if (_files is not null)
        {
            _context.Writer = new CheckpointWriter(_files, _dispatcher, _routes.ToCoordinator);
        }

        try
        {
            _routes.Coordinator.Start();
            for (int i = 0; i < _context.Workers; i++)
            {
                _routes.ToCoordinator(new WorkerJoined(new WorkerId(i)));
            }

            using (stop.Register(() => _routes.ToCoordinator(new StopRequested())))
            using (new TickTimer([_routes.Coordinator, .. _routes.Slices]))
            {
                _dispatcher.Run();
            }
        }
        finally
        {
            _context.Writer?.Close();
        }

        return Result();
    }

    /// <summary>
    /// Worker i and slice i are at home on thread i, so that a gradient and its slice's interval
    /// stay in one core's caches; the coordinator hears slice 0 and is with it. Where workers are
    /// more than threads, a thread that is done may take one over.
    /// </summary>
    private void MakeActors(RunPlan plan, int workers)
    {
        _routes.Slices = [.. Enumerable.Range(0, plan.Slices).Select(i => new SliceActor(
            _context, new SliceId(i), _routes, _dispatcher, new Place(i),
            MailboxCapacity.OfSlice(plan, workers)))];
        _routes.Workers = [.. Enumerable.Range(0, workers).Select(i => new WorkerActor(
            _context, new WorkerId(i), _routes, _dispatcher, new Place(i, workers > _threads),
            MailboxCapacity.OfWorker(plan)))];
        _routes.Coordinator = new CoordinatorActor(
            _context, new Coordinator(_context.Run, plan, CoordinatorOptions()), _routes,
            _dispatcher, new Place(0), MailboxCapacity.OfCoordinator(plan, workers));
    }

    private CoordinatorOptions CoordinatorOptions()
    {
        var options = new CoordinatorOptions
        {
            MinWorkers = Math.Min(_options.MinWorkers, _context.Workers),
        };
        if (_options.ResumeFrom is not { } from)
        {
            return options;
        }

        return options with { Source = RestoreSource.Checkpoint, Version = from.Version };
    }

    private RunResult Result()
    {
        RunRecorder recorder = _context.Recorder;
        (RunOutcome outcome, string? cause) = Ending();

        // The highest version that every slice has reached. The blocks still hold it: the slices
        // are never more than one version apart.
        long version = _routes.Slices.Min(slice => slice.Version);
        bool isLoaded = version != SliceState.NoVersion;
        float[] parameters = isLoaded ? _context.Blocks.Of(version).ToArray() : [];
        string? model = outcome == RunOutcome.Completed
            ? _files?.SaveModel(version, parameters, recorder)
            : null;
        return new RunResult
        {
            Outcome = outcome,
            Cause = cause,
            Failure = _dispatcher.Failure,
            Steps = recorder.Steps,
            Version = isLoaded ? version : 0,
            History = recorder.History,
            Validation = recorder.ValidationOf(version),
            Test = recorder.Test,
            Parameters = parameters,
            WeightsSha256 = isLoaded ? ParameterHash.Sha256(parameters) : string.Empty,
            Seconds = recorder.Seconds,
            SamplesTrained = recorder.SamplesTrained,
            WorkersLost = _context.Failures,
            SavedModel = model,
            LastCheckpoint = _files?.LastCheckpoint,
        };
    }

    private (RunOutcome Outcome, string? Cause) Ending()
    {
        if (_dispatcher.Failure is { } failure)
        {
            return (RunOutcome.Failed, failure.Message);
        }

        return _context.Ending is { } end
            ? (end.Outcome, end.Cause)
            : throw new InvariantException("the dispatcher ended and the run did not");
    }
}
