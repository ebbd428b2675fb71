using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>The memory that workers and slices of one process share: nothing is copied.</summary>
internal sealed class SharedMemory
{
    // Of an open step: two nodes a worker are the rule. The rest is for the work of failed workers,
    // and for nodes that come so late that others are asked for them too, ever more rarely.
    private const int GradientsAWorker = 16;
    private const int SpareGradients = 64;

    private readonly double[][] _squareNorms;

    /// <param name="task">What is trained.</param>
    /// <param name="plan">Its shape.</param>
    /// <param name="workers">Who compute.</param>
    /// <param name="keepsGradients">False where gradients stay with who computes them, and only
    /// their metrics are kept here.</param>
    public SharedMemory(TrainingTask task, RunPlan plan, int workers, bool keepsGradients = true)
    {
        Blocks = new ParameterBlocks(task.Layout.Count, plan.Staleness);
        Gradients = new GradientPool(
            keepsGradients ? task.Layout.Count : 0, workers,
            ((GradientsAWorker * workers) + SpareGradients) * (plan.Staleness + 1),
            TensorMemory.Own);
        int blocks = new ParameterInterval(0, task.Layout.Count).BlockCount;
        _squareNorms = [new double[blocks], new double[blocks]];
    }

    public ParameterBlocks Blocks { get; }

    public GradientPool Gradients { get; }

    public EvaluationTable Evaluations { get; } = new();

    /// <summary>
    /// Partial square norms of all blocks, each written by its slice and read by all. Invariant:
    /// two by parity are enough. A slice has all norms of step v + 1 before it writes those of
    /// v + 2; so every slice has applied step v and reads its norms no more.
    /// </summary>
    public double[] SquareNormsOf(long step) => _squareNorms[step & 1];
}
