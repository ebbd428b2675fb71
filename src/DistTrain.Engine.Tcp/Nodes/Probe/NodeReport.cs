namespace DistTrain.Engine.Tcp;

/// <summary>What a node said of itself when it was asked.</summary>
/// <param name="Run">The run that a head leads; null for a parameter server.</param>
/// <param name="Program">Its version.</param>
/// <param name="ClockAhead">Its clock's lead over this machine's; half a round trip is not known.
/// </param>
/// <param name="RoundTrip">From the question to the answer.</param>
public sealed record NodeReport(
    Guid? Run, string Program, TimeSpan ClockAhead, TimeSpan RoundTrip);
