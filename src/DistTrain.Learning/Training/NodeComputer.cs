using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// What a worker computes: the sum over a node of a step's tree. The result depends on the task,
/// the step, the node and the parameters alone. One thread's own.
/// </summary>
public abstract class NodeComputer
{
    /// <summary>The one that the task's mode asks for.</summary>
    /// <param name="task">What is trained.</param>
    /// <param name="kernels">The arithmetic; no other thread may use them.</param>
    /// <param name="skipsZeros">Leave zeros of the inputs out where that is faster: same bits.
    /// </param>
    public static NodeComputer For(TrainingTask task, Kernels kernels, bool skipsZeros = true)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.Rounds is { } rounds
            ? new RoundComputer(task, rounds, kernels, skipsZeros)
            : new GradientComputer(task, kernels, skipsZeros);
    }

    /// <summary>The one that the task's mode asks for, on several threads: the same bits.</summary>
    /// <param name="task">What is trained.</param>
    /// <param name="team">The threads; it does nothing else while a node is computed, and is
    /// disposed by the caller.</param>
    /// <param name="kernels">The arithmetic: makes new ones for each thread.</param>
    /// <param name="skipsZeros">Leave zeros of the inputs out where that is faster: same bits.
    /// </param>
    public static NodeComputer For(
        TrainingTask task, ComputeTeam team, Func<Kernels> kernels, bool skipsZeros = true)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(kernels);
        return team.Members == 1
            ? For(task, kernels(), skipsZeros)
            : new TeamComputer(
                task, team, [.. Enumerable.Range(0, team.Members).Select(_ => kernels())],
                skipsZeros);
    }

    /// <summary>Writes the sum over the leaves [first, end) of a step, a node of its tree.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="first">First leaf.</param>
    /// <param name="end">Behind the last leaf.</param>
    /// <param name="parameters">The flat block of that version.</param>
    /// <param name="gradient">As long as the parameters.</param>
    public abstract BatchMetrics Compute(
        long step, int first, int end, ReadOnlySpan<float> parameters, Span<float> gradient);

    /// <inheritdoc cref="Compute(long, int, int, ReadOnlySpan{float}, Span{float})"/>
    /// <remarks>For callers that have memory: several threads can read and write it as it is.
    /// </remarks>
    public virtual BatchMetrics Compute(
        long step, int first, int end, ReadOnlyMemory<float> parameters, Memory<float> gradient) =>
        Compute(step, first, end, parameters.Span, gradient.Span);
}
