using System.Text;
using System.Text.Json;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>The one object that <c>train --json</c> writes; keys and order are stable.</summary>
internal static class RunJson
{
    private static readonly JsonWriterOptions Options = new() { NewLine = "\n" };

    public static string Format(RunSummary run) => Write(json => WriteRun(json, run));

    /// <summary>One line of JSON by a writer.</summary>
    public static string Write(Action<Utf8JsonWriter> body)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Rows are true classes, columns predicted ones; null without metrics.</summary>
    public static void WriteConfusion(Utf8JsonWriter json, EvaluationMetrics? metrics)
    {
        if (metrics is null)
        {
            json.WriteNull("confusion");
            return;
        }
        json.WriteStartArray("confusion");
        for (int actual = 0; actual < metrics.Classes; actual++)
        {
            json.WriteStartArray();
            for (int predicted = 0; predicted < metrics.Classes; predicted++)
            {
                json.WriteNumberValue(metrics.Confusion(actual, predicted));
            }
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    /// <summary>JSON has no NaN and no infinity: those become null.</summary>
    public static void WriteReal(Utf8JsonWriter json, string key, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(key, number);
        }
        else
        {
            json.WriteNull(key);
        }
    }

    public static void WriteEpoch(Utf8JsonWriter json, EpochRecord epoch)
    {
        json.WriteNumber("epoch", epoch.Epoch);
        json.WriteNumber("steps", epoch.Steps);
        WriteReal(json, "learningRate", epoch.LearningRate);
        WriteReal(json, "trainLoss", epoch.TrainLoss);
        WriteReal(json, "trainAccuracy", epoch.TrainAccuracy);
        WriteReal(json, "validationLoss", epoch.ValidationLoss);
        WriteReal(json, "validationAccuracy", epoch.ValidationAccuracy);
        WriteReal(json, "seconds", epoch.Seconds);
        WriteReal(json, "samplesPerSecond", epoch.SamplesPerSecond);
    }

    private static void WriteRun(Utf8JsonWriter json, RunSummary run)
    {
        json.WriteString("recipe", run.Recipe.Name);
        json.WriteString("dataset", run.Dataset);
        json.WriteNumber("trainSamples", run.TrainSamples);
        json.WriteNumber("testSamples", run.TestSamples);
        json.WriteNumber("parameters", run.Layout.Count);
        json.WriteNumber("epochs", run.History.Count);
        json.WriteNumber("steps", run.Steps);
        WriteReal(json, "seconds", run.Seconds);
        WriteReal(json, "samplesPerSecond", run.SamplesPerSecond);
        WriteReal(json, "trainLoss", run.TrainLoss);
        WriteReal(json, "trainAccuracy", run.TrainAccuracy);
        WriteReal(json, "validationLoss", run.ValidationLoss);
        WriteReal(json, "validationAccuracy", run.ValidationAccuracy);
        WriteReal(json, "testLoss", run.Test?.MeanLoss);
        WriteReal(json, "testAccuracy", run.Test?.Accuracy);
        WriteConfusion(json, run.Judged);
        json.WriteString("weightsSha256", run.WeightsSha256);
        json.WriteBoolean("exact", run.Recipe.IsExact);
        json.WriteString("isa", run.Isa);
        json.WriteString("engine", run.Engine);
        json.WriteNumber("workers", run.Workers);
        json.WriteNumber("workersLost", run.WorkersLost);
        json.WriteStartArray("history");
        foreach (var epoch in run.History)
        {
            json.WriteStartObject();
            WriteEpoch(json, epoch);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("out", run.Folder.Root);
    }
}
