using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

/// <summary>Some of whose updates throw.</summary>
internal sealed class BreakingKernels(Func<bool> breaks) : NaiveKernels
{
    public override float Update(
        RootGradient root, ReadOnlySpan<float> before, Span<float> after,
        OptimizerMoments state, in UpdateStep step) => breaks()
            ? throw new InvalidOperationException("broken")
            : base.Update(root, before, after, state, step);
}
