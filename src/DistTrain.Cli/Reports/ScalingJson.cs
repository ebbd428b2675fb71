using System.Text.Json;
using DistTrain.Simulation;

namespace DistTrain.Cli;

/// <summary>The one object that <c>simulate --scaling --json</c> writes; keys and order are
/// stable.</summary>
internal static class ScalingJson
{
    public static string Format(
        ScalingInputs inputs, IReadOnlyList<ScalingPoint> points, double seconds) =>
        RunJson.Write(json =>
        {
            WriteInputs(json, inputs);
            json.WriteStartArray("points");
            foreach (ScalingPoint point in points)
            {
                WritePoint(json, point);
            }

            json.WriteEndArray();
            json.WriteNumber("seconds", seconds);
        });

    private static void WriteInputs(Utf8JsonWriter json, ScalingInputs inputs)
    {
        json.WriteStartObject("inputs");
        json.WriteNumber("latencyMicros", inputs.LatencyMicros);
        json.WriteNumber("messageMicros", inputs.MessageMicros);
        json.WriteNumber("wakeMicros", inputs.WakeMicros);
        json.WriteNumber("combineNanos", inputs.CombineNanos);
        json.WriteNumber("batchSize", inputs.BatchSize);
        json.WriteNumber("samplesPerWorker", inputs.SamplesPerWorker);
        json.WriteNumber("localSteps", inputs.LocalSteps);
        json.WriteStartArray("networks");
        foreach (ScalingNetwork network in inputs.Networks)
        {
            json.WriteStartObject();
            json.WriteString("name", network.Name);
            json.WriteNumber("parameters", network.Parameters);
            json.WriteNumber("sampleNanos", network.SampleNanos);
            json.WriteNumber("updateNanos", network.UpdateNanos);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePoint(Utf8JsonWriter json, ScalingPoint point)
    {
        json.WriteStartObject();
        json.WriteString("mode", Named(point.Mode.ToString()));
        json.WriteString("network", point.Network.Name);
        json.WriteNumber("bandwidthGbits", point.BandwidthGbits);
        json.WriteNumber("parameterServers", point.ParameterServers);
        json.WriteNumber("workers", point.Workers);
        json.WriteNumber("stepsPerSecond", point.StepsPerSecond);
        json.WriteNumber("samplesPerSecond", point.SamplesPerSecond);
        json.WriteNumber("efficiency", point.Efficiency);
        json.WriteString("bound", Named(point.Bound.ToString()));
        json.WriteNumber("messagePart", point.MessagePart);
        json.WriteStartObject("shares");
        foreach (ScalingBound bound in Enum.GetValues<ScalingBound>())
        {
            json.WriteNumber(Named(bound.ToString()), point.ShareOf(bound));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Named(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
