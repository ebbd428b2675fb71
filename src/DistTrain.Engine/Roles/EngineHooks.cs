using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>Where tests reach into a run: to throw, to yield, to lose a message.</summary>
internal sealed record EngineHooks
{
    public static readonly EngineHooks None = new();

    /// <summary>Before a worker computes a node of a step.</summary>
    public Action<WorkerId, long, TreeNode>? BeforeGradient { get; init; }

    /// <summary>Before a worker evaluates a node.</summary>
    public Action<WorkerId, EvaluationSet, TreeNode>? BeforeEvaluation { get; init; }

    /// <summary>Before a slice applies a step.</summary>
    public Action<SliceId, long>? BeforeUpdate { get; init; }

    /// <summary>Kernels to compute with, instead of those of the run's instruction set.</summary>
    public Func<Kernels>? Kernels { get; init; }

    /// <summary>True for a message that is to be lost on its way to a role.</summary>
    public Func<object, bool>? Loses { get; init; }
}
