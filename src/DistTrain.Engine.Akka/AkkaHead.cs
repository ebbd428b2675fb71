using DistTrain.Learning;

namespace DistTrain.Engine.Akka;

/// <summary>
/// Runs a training task on a cluster of Akka.NET nodes, as one of its heads: the coordinator is a
/// cluster singleton on one of them, every head keeps every checkpoint, and parameter slices live
/// on heads or on parameter servers.
/// </summary>
public static class AkkaHead
{
    /// <summary>Trains to the end, to a failure, or until <paramref name="stop"/>. Waits for
    /// workers as long as it takes. A head that does not lead returns the same result.</summary>
    /// <param name="task">What to train.</param>
    /// <param name="options">How to run it. Workers is how many are expected; others may come.
    /// </param>
    /// <param name="node">The cluster.</param>
    /// <param name="observer">Hears of progress while this head leads.</param>
    /// <param name="stop">Finishes the step, saves a checkpoint and ends the run as Interrupted,
    /// for all nodes.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="CheckpointException">The checkpoint to resume from is of another task, or
    /// the finished model could not be written.</exception>
    /// <exception cref="NodeException">It cannot listen there, or found no cluster.</exception>
    public static RunResult Run(
        TrainingTask task, RunOptions options, AkkaHeadOptions node, IRunObserver observer,
        CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(observer);
        options.Validate();
        node.Validate();
        if (options.ResumeFrom is { } checkpoint)
        {
            ResumeCheck.Check(checkpoint, task);
        }

        using var run = new HeadProcess(task, options, node, observer);
        return run.Run(stop);
    }
}
