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
        _threads = Math.Min(options.Threads, Environment.ProcessorCount);
        IReadOnlyList<ParameterInterval> intervals =
            ParameterInterval.Cut(task.Layout.Count, options.ParameterServers);
        RunPlan plan = RunPlanner.PlanOf(task, intervals.Count, options.CheckpointEverySteps);

        // A worker beyond the units of a batch would never get a share; it is not even started.
        int workers = Math.Min(options.Workers, plan.MicrobatchesPerStep);
        _context = new RunContext(
            task, options, plan, workers, intervals, new SerialObserver(observer), hooks);
        _routes = new Routes(hooks);
        _dispatcher = new Dispatcher(_threads, _routes.Describe);
        if (options.OutFolder is { } folder)
        {
            _files = new RunFiles(task, folder, options.Keep, _context.Run.Value);
        }

        MakeActors(plan, workers);
    }

    public RunResult Run(CancellationToken stop)
    {
        _context.Observer.OnStarted(new RunStart(
            _options.ResumeFrom?.Version ?? 0, _task.Batches.TotalSteps,
            _task.Batches.StepsPerEpoch, _context.Workers, _options.Workers - _context.Workers,
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

    private void MakeActors(RunPlan plan, int workers)
    {
        _routes.Coordinator = new CoordinatorActor(
            _context, new Coordinator(_context.Run, plan, CoordinatorOptions()), _routes,
            _dispatcher, MailboxCapacity.OfCoordinator(plan, workers));
        _routes.Slices = [.. Enumerable.Range(0, plan.Slices).Select(i => new SliceActor(
            _context, new SliceId(i), _routes, _dispatcher,
            MailboxCapacity.OfSlice(plan, workers)))];
        _routes.Workers = [.. Enumerable.Range(0, workers).Select(i => new WorkerActor(
            _context, new WorkerId(i), _routes, _dispatcher, MailboxCapacity.OfWorker(plan)))];
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

        return options with
        {
            Source = RestoreSource.Checkpoint,
            Version = from.Version,
            BestVersion = from.Best?.Version,
            Verdict = VerdictOf(from),
        };
    }

    /// <summary>How the epoch that ended at the checkpoint was judged, if one did.</summary>
    private EpochVerdict VerdictOf(Checkpoint from)
    {
        if (from.History.Epochs.Count < from.Epoch)
        {
            return EpochVerdict.Open;
        }

        return from.Stopping.EpochsSinceBest >= _task.Recipe.EarlyStopping?.Patience
            ? EpochVerdict.Stop
            : EpochVerdict.Continue;
    }

    private RunResult Result()
    {
        RunRecorder recorder = _context.Recorder;
        (RunOutcome outcome, string? cause) = Ending();
        long version = _context.Gradients.CommonVersion();
        bool isLoaded = version != GradientPool.NoVersion;
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
