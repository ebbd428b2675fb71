using System.Text.Json;
using DistTrain.Simulation;

namespace DistTrain.Cli;

/// <summary>The one object that <c>simulate --json</c> writes; keys and order are stable.
/// </summary>
internal static class SimulationJson
{
    private const double MicrosPerSecond = 1e6;

    public static string Format(SweepSummary summary, double seconds) =>
        RunJson.Write(json => Write(json, summary, seconds));

    private static void Write(Utf8JsonWriter json, SweepSummary summary, double seconds)
    {
        json.WriteNumber("firstSeed", summary.FirstSeed);
        json.WriteNumber("seeds", summary.Seeds);
        json.WriteStartArray("failed");
        foreach (SeedResult failed in summary.Failed)
        {
            json.WriteNumberValue(failed.Seed);
        }

        json.WriteEndArray();
        json.WriteNumber("steps", summary.Steps);
        json.WriteNumber("virtualSeconds", summary.VirtualMicros / MicrosPerSecond);
        json.WriteStartObject("faults");
        foreach ((string kind, int count) in summary.Injected)
        {
            json.WriteNumber(kind, count);
        }

        json.WriteEndObject();
        json.WriteNumber("worstRecoveryTicks", summary.WorstRecoveryTicks);
        json.WriteNumber("seconds", seconds);
    }
}
