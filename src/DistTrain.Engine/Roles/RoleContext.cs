using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>What the actors of a run on one node have in common.</summary>
/// <param name="task">What is trained.</param>
/// <param name="run">Which run.</param>
/// <param name="plan">Its shape.</param>
/// <param name="intervals">Of each slice, in order.</param>
/// <param name="isa">Instruction set of the kernels.</param>
/// <param name="hooks">Where tests reach in.</param>
internal sealed class RoleContext(
    TrainingTask task, RunId run, RunPlan plan, IReadOnlyList<ParameterInterval> intervals,
    Isa isa, EngineHooks hooks)
{
    private int _failures;

    public TrainingTask Task => task;

    public RunPlan Plan => plan;

    public RunId Run => run;

    public IReadOnlyList<ParameterInterval> Intervals => intervals;

    public EngineHooks Hooks => hooks;

    /// <summary>Leave zeros of the inputs out where that is faster.</summary>
    public bool SkipsZeros { get; init; } = true;

    /// <summary>Workers that take part now, the idle ones not counted.</summary>
    public int WorkersAlive { get; set; }

    /// <summary>Times that a worker failed.</summary>
    public int Failures => _failures;

    public void CountFailure() => Interlocked.Increment(ref _failures);

    /// <summary>Threads for what the one worker here computes; null: its own alone.</summary>
    public ComputeTeam? Team { get; init; }

    /// <summary>Threads for the updates of the one slice here; null: its own alone.</summary>
    public ComputeTeam? UpdateTeam { get; init; }

    /// <summary>Where worker and slice train together: what that worker computes; else null.
    /// </summary>
    public IWorkerArithmetic? Arithmetic { get; set; }

    /// <summary>What one worker computes.</summary>
    public IWorkerArithmetic NewArithmetic() => Arithmetic ?? new WorkerArithmetic(this);

    /// <summary>The gradients of one worker.</summary>
    public NodeComputer NewComputer() => Team is { } team
        ? NodeComputer.For(task, team, NewKernels, SkipsZeros)
        : NodeComputer.For(task, NewKernels(), SkipsZeros);

    /// <summary>Kernels for one actor: they own scratch, so actors share none.</summary>
    public Kernels NewKernels() => hooks.Kernels?.Invoke() ?? Kernels.For(isa);
}
