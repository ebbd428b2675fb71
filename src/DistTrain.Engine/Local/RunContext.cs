using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>What the actors of a run share.</summary>
internal sealed class RunContext
{
    // Of an open step: two nodes a worker are the rule. The rest is for the work of failed workers,
    // and for nodes that come so late that others are asked for them too, ever more rarely.
    private const int GradientsAWorker = 16;
    private const int SpareGradients = 64;

    private readonly Isa _isa;
    private readonly bool _skipZeros;
    private readonly double[][] _squareNorms;
    private int _failures;

    public RunContext(
        TrainingTask task, RunOptions options, RunPlan plan, int workers,
        IReadOnlyList<ParameterInterval> intervals, IRunObserver observer, LocalHooks hooks)
    {
        Task = task;
        Plan = plan;
        Workers = workers;
        Intervals = intervals;
        Observer = observer;
        Hooks = hooks;
        ResumeFrom = options.ResumeFrom;
        Run = new RunId(ResumeFrom?.Run ?? Guid.NewGuid());
        _isa = options.Isa;
        _skipZeros = options.SkipZeros;
        Blocks = new ParameterBlocks(task.Layout.Count, plan.Staleness);
        Gradients = new GradientPool(
            task.Layout.Count, workers,
            ((GradientsAWorker * workers) + SpareGradients) * (plan.Staleness + 1));
        int blocks = new ParameterInterval(0, task.Layout.Count).BlockCount;
        _squareNorms = [new double[blocks], new double[blocks]];
        Recorder = new RunRecorder(task, observer);
        Snapshots = new SnapshotAssembler(task, intervals.Count);
        States = new SavedStates(ResumeFrom);
    }

    public TrainingTask Task { get; }

    public RunPlan Plan { get; }

    public RunId Run { get; }

    /// <summary>Workers, the idle ones not counted.</summary>
    public int Workers { get; }

    /// <summary>Of each slice, in order.</summary>
    public IReadOnlyList<ParameterInterval> Intervals { get; }

    public IRunObserver Observer { get; }

    public LocalHooks Hooks { get; }

    public Checkpoint? ResumeFrom { get; }

    public ParameterBlocks Blocks { get; }

    public GradientPool Gradients { get; }

    public EvaluationTable Evaluations { get; } = new();

    /// <summary>Slice 0's engine alone uses it while the run goes on.</summary>
    public RunRecorder Recorder { get; }

    public SnapshotAssembler Snapshots { get; }

    /// <summary>What slices can be restored from.</summary>
    public SavedStates States { get; }

    /// <summary>Null: the run writes no files.</summary>
    public CheckpointWriter? Writer { get; set; }

    /// <summary>How the protocol ended the run.</summary>
    public EndRun? Ending { get; set; }

    /// <summary>Times that a worker failed.</summary>
    public int Failures => _failures;

    public void CountFailure() => Interlocked.Increment(ref _failures);

    /// <summary>
    /// Partial square norms of all blocks, each written by its slice and read by all. Invariant:
    /// two by parity are enough. A slice has all norms of step v + 1 before it writes those of
    /// v + 2; so every slice has applied step v and reads its norms no more.
    /// </summary>
    public double[] SquareNormsOf(long step) => _squareNorms[step & 1];

    /// <summary>The gradients of one worker.</summary>
    public NodeComputer NewComputer() => NodeComputer.For(Task, NewKernels(), _skipZeros);

    /// <summary>Kernels for one actor: they own scratch, so actors share none.</summary>
    public Kernels NewKernels() => Kernels.For(_isa);
}
