namespace DistTrain.Simulation;

/// <summary>Virtual time: whole microseconds since the simulation's start. Roles hear ticks.
/// </summary>
internal static class Clock
{
    public const long Millisecond = 1_000;

    public const long Second = 1_000_000;

    /// <summary>Between two ticks that an engine gives its roles.</summary>
    public const long Tick = 10 * Millisecond;

    public static long TicksOf(long micros) => micros / Tick;

    /// <summary>"12.345678 s", for transcripts.</summary>
    public static string Text(long micros) => $"{micros / Second}.{micros % Second:D6}";
}
