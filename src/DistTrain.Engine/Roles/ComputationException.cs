namespace DistTrain.Engine;

/// <summary>What a worker was computing threw.</summary>
/// <param name="step">The step, or the version that was evaluated.</param>
/// <param name="inner">What was thrown.</param>
internal sealed class ComputationException(long step, Exception inner)
    : Exception(inner.Message, inner)
{
    public long Step { get; } = step;
}
