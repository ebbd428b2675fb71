using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>What carries the messages between coordinator, workers and parameter servers.</summary>
public enum EngineKind
{
    /// <summary>Threads of one process.</summary>
    Local,

    /// <summary>Processes on one machine or several, over TCP.</summary>
    Tcp,

    /// <summary>Processes that are a cluster of Akka.NET; not every build has it.</summary>
    Akka,
}

/// <summary>
/// How a run is executed. Nothing here changes a bit of the result, so that a run may be resumed
/// with other settings.
/// </summary>
public sealed record RunSettings
{
    public EngineKind Engine { get; init; } = EngineKind.Local;

    /// <summary>Workers; null takes one a core, a head as many as it must have.</summary>
    public int? Workers { get; init; }

    /// <summary>The run waits, and fails in the end, below so many workers.</summary>
    public int MinWorkers { get; init; } = 1;

    /// <summary>Most compute threads of this process; null takes one a core. There are never
    /// more than workers.</summary>
    public int? Threads { get; init; }

    /// <summary>Parameter slices; null takes one a thread.</summary>
    public int? ParameterServers { get; init; }

    /// <summary>Instruction set of the kernels; null takes the widest the machine has.</summary>
    public Isa? Isa { get; init; }

    /// <summary>Steps between checkpoints; null takes one epoch.</summary>
    public long? CheckpointEvery { get; init; }

    /// <summary>Checkpoints kept; older ones are deleted.</summary>
    public int Keep { get; init; } = 3;
}
