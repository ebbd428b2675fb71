namespace DistTrain.Engine.Akka;

/// <summary>From a coordinator that begins, to every head: what do you keep?</summary>
/// <param name="Survey">Drawn for the question.</param>
internal sealed record DescribeStore(Guid Survey) : ControlMessage;

/// <summary>Answers <see cref="DescribeStore"/>.</summary>
/// <param name="Survey">As asked.</param>
/// <param name="Run">The run that it has heard of last; empty: none.</param>
/// <param name="Version">Of its newest good checkpoint of that run; −1: none.</param>
/// <param name="Coordinator">The highest number of a coordinator that it has heard of.</param>
/// <param name="IsLed">Since it is in this cluster a coordinator has led: all heads had come.
/// </param>
internal sealed record StoreDescribed(
    Guid Survey, Guid Run, long Version, int Coordinator, bool IsLed) : ControlMessage;

/// <summary>From the coordinator, to every head: it leads this run from now on.</summary>
/// <param name="Run">Which run.</param>
/// <param name="Coordinator">Its number.</param>
internal sealed record RunLed(Guid Run, int Coordinator) : ControlMessage;

/// <summary>From one head to another: send the checkpoint of this version.</summary>
internal sealed record FetchCheckpoint(Guid Run, long Version) : ControlMessage;

/// <summary>Answers <see cref="FetchCheckpoint"/> where it cannot be sent.</summary>
internal sealed record CheckpointNotThere(long Version, string Why) : ControlMessage;
