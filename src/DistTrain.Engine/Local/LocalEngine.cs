using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>
/// Runs a training task in this process: coordinator, workers and parameter slices as actors on a
/// few threads that share memory. Nothing is copied and nothing needs installing.
/// </summary>
public static class LocalEngine
{
    /// <summary>Trains to the end, to a failure, or until <paramref name="stop"/>.</summary>
    /// <param name="task">What to train.</param>
    /// <param name="options">How to run it; nothing in it changes the result.</param>
    /// <param name="observer">Hears of progress, on compute threads.</param>
    /// <param name="stop">Finishes the step, saves a checkpoint and ends as Interrupted.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="CheckpointException">The checkpoint to resume from is of another task, or
    /// the finished model could not be written.</exception>
    public static RunResult Run(
        TrainingTask task, RunOptions options, IRunObserver observer, CancellationToken stop) =>
        Run(task, options, observer, EngineHooks.None, stop);

    /// <summary>How many threads would train the task as one team, workers and slices together;
    /// 0: workers and slices would be actors of their own.</summary>
    /// <param name="task">What to train.</param>
    /// <param name="options">How to run it.</param>
    public static int TeamMembers(TrainingTask task, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        int workers = WorkersOf(task, options);
        int threads = ThreadsOf(options, workers);
        return options.UsesTeam && options.ParameterServers is null && workers == threads
            && TeamTrainer.Pays(task, threads) ? threads : 0;
    }

    /// <summary>A worker beyond the units of a step would never get a share; it is not even
    /// started.</summary>
    internal static int WorkersOf(TrainingTask task, RunOptions options) =>
        Math.Min(options.Workers, task.Steps.LeavesOf(0));

    /// <summary>Nor is a thread without a worker: one worker's roles are all on its own thread.
    /// </summary>
    internal static int ThreadsOf(RunOptions options, int workers) =>
        Math.Min(options.Threads, Math.Min(workers, Environment.ProcessorCount));

    internal static RunResult Run(
        TrainingTask task, RunOptions options, IRunObserver observer, EngineHooks hooks,
        CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        options.Validate();
        if (options.ResumeFrom is { } checkpoint)
        {
            ResumeCheck.Check(checkpoint, task);
        }

        using var run = new LocalRun(task, options, observer, hooks);
        return run.Run(stop);
    }
}
