namespace DistTrain.Engine.Tests;

/// <summary>How an engine is to run a task in a test of what all engines promise.</summary>
/// <param name="Options">As a user gives them.</param>
internal sealed record EngineScenario(RunOptions Options)
{
    /// <summary>Where the test reaches into workers and slices.</summary>
    public EngineHooks Hooks { get; init; } = EngineHooks.None;

    /// <summary>Parameter servers of their own, where the engine has nodes: 0 or more.</summary>
    public int ParameterServerNodes { get; init; }

    /// <summary>The user stops the run.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>The last worker is asked to leave, where the engine has nodes.</summary>
    public CancellationToken WorkerLeaves { get; init; }

    /// <summary>Hears of the run.</summary>
    public Watcher Watcher { get; } = new();
}
