using DistTrain.Engine;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// Runs a training task as the head of a cluster: coordinator and parameter slices in this
/// process, workers in others, which connect, leave, crash and come back as they like.
/// </summary>
public static class TcpHead
{
    /// <summary>Trains to the end, to a failure, or until <paramref name="stop"/>. Waits for
    /// workers as long as it takes.</summary>
    /// <param name="task">What to train.</param>
    /// <param name="options">How to run it. Workers is how many are expected; others may come.
    /// </param>
    /// <param name="node">The network.</param>
    /// <param name="observer">Hears of progress, on compute threads.</param>
    /// <param name="stop">Finishes the step, saves a checkpoint and ends as Interrupted.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="CheckpointException">The checkpoint to resume from is of another task, or
    /// the finished model could not be written.</exception>
    /// <exception cref="NodeException">It cannot listen there.</exception>
    public static RunResult Run(
        TrainingTask task, RunOptions options, TcpHeadOptions node, IRunObserver observer,
        CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(observer);
        options.Validate();
        if (options.ResumeFrom is { } checkpoint)
        {
            ResumeCheck.Check(checkpoint, task);
        }

        using var run = new HeadRun(task, options, node, observer);
        return run.Run(stop);
    }
}
