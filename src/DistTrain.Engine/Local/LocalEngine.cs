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
        bool mayBe = options.UsesTeam && options.ParameterServers is null
            && options.Workers <= Math.Min(options.Threads, Environment.ProcessorCount);
        int members = Math.Min(options.Workers, TeamTrainer.MostMembers(task));
        return mayBe && TeamTrainer.Pays(task, members) ? members : 0;
    }

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
