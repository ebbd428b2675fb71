using DistTrain.Numerics;

namespace DistTrain.Engine;

/// <summary>How a task is executed. Nothing here changes a bit of the result.</summary>
public sealed record RunOptions
{
    public const int MaxWorkers = 4096;

    /// <summary>Workers, 1 … <see cref="MaxWorkers"/>. Those beyond the units of a step idle.
    /// </summary>
    public int Workers { get; init; } = 1;

    /// <summary>Steps wait until so many workers are there, 1 or more.</summary>
    public int MinWorkers { get; init; } = 1;

    /// <summary>Compute threads at most, 1 or more. There are never more than workers, nor than
    /// cores that this process may use.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Parameter slices, 1 or more; fewer where there are fewer blocks of 4,096. Null:
    /// one for each compute thread, or one of a team (<see cref="UsesTeam"/>).</summary>
    public int? ParameterServers { get; init; }

    /// <summary>Let workers that have a thread each, and their slices, train as one team where that
    /// is faster, if <see cref="ParameterServers"/> is null.</summary>
    public bool UsesTeam { get; init; } = true;

    public Isa Isa { get; init; } = IsaSupport.Best;

    /// <summary>Leave zeros of the inputs out of the first layer's products where that is faster.
    /// </summary>
    public bool SkipZeros { get; init; } = true;

    /// <summary>Steps between checkpoints; 0: at each epoch's end.</summary>
    public long CheckpointEverySteps { get; init; }

    /// <summary>Checkpoints to keep, 1 or more.</summary>
    public int Keep { get; init; } = 3;

    /// <summary>The run folder, for <c>model.dtm</c> and <c>checkpoints/step-N.dtm</c>; null
    /// writes no file.</summary>
    public string? OutFolder { get; init; }

    /// <summary>Continue from here; null starts at step 0.</summary>
    public Checkpoint? ResumeFrom { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Workers, MaxWorkers);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinWorkers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MinWorkers, Workers);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ParameterServers ?? 1, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(CheckpointEverySteps);
        ArgumentOutOfRangeException.ThrowIfLessThan(Keep, 1);
    }
}
