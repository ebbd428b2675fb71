using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DistTrain.Learning;

/// <summary>
/// Writes recipes with every field explicit: reading the text gives an equal recipe, whatever
/// the defaults of a later version are.
/// </summary>
public static class RecipeWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        // The text stands in a file of its own, never inside HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The recipe, and how it is run where that is given.</summary>
    public static string ToJson(Recipe recipe, RunSettings? run = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            WriteData(json, recipe);
            WriteLayers(json, recipe);
            WriteTraining(json, recipe);
            if (run is not null)
            {
                WriteRun(json, run);
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteData(Utf8JsonWriter json, Recipe recipe)
    {
        json.WriteString("name", recipe.Name);
        json.WriteString("description", recipe.Description);
        var data = recipe.Data;
        json.WriteString("data", data.Source);
        json.WriteStartArray("dataLimit");
        WriteNumber(json, data.TrainLimit);
        WriteNumber(json, data.TestLimit);
        json.WriteEndArray();
        json.WriteString("pixels", RecipeNames.Pixels.Of(data.Pixels));
        json.WriteNumber("validationSplit", data.ValidationSplit);
        json.WritePropertyName("classWeights");
        if (data.ClassWeights is null)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartArray();
        foreach (float weight in data.ClassWeights)
        {
            json.WriteNumberValue(weight);
        }
        json.WriteEndArray();
    }

    private static void WriteLayers(Utf8JsonWriter json, Recipe recipe)
    {
        json.WritePropertyName("inputFeatures");
        WriteNumber(json, recipe.InputFeatures);
        json.WriteStartArray("layers");
        foreach (var layer in recipe.Layers)
        {
            json.WriteStartObject();
            json.WriteNumber("units", layer.Units);
            json.WriteString("activation", RecipeNames.Activations.Of(layer.Activation));
            json.WriteNumber("dropout", layer.Dropout);
            json.WriteString("init", RecipeNames.Initializers.Of(layer.Init));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteTraining(Utf8JsonWriter json, Recipe recipe)
    {
        json.WriteNumber("seed", recipe.Seed);
        json.WriteString("loss", RecipeNames.Losses.Of(recipe.Loss));
        json.WriteStartObject("optimizer");
        json.WriteString("name", RecipeNames.Optimizers.Of(recipe.Optimizer.Kind));
        json.WriteNumber("momentum", recipe.Optimizer.Momentum);
        json.WriteNumber("beta1", recipe.Optimizer.Beta1);
        json.WriteNumber("beta2", recipe.Optimizer.Beta2);
        json.WriteNumber("epsilon", recipe.Optimizer.Epsilon);
        json.WriteEndObject();
        json.WriteNumber("learningRate", recipe.LearningRate);
        json.WriteStartObject("schedule");
        json.WriteString("name", RecipeNames.Schedules.Of(recipe.Schedule.Kind));
        json.WriteNumber("everyEpochs", recipe.Schedule.EveryEpochs);
        json.WriteNumber("factor", recipe.Schedule.Factor);
        json.WriteNumber("finalShare", recipe.Schedule.FinalShare);
        json.WriteNumber("warmupSteps", recipe.Schedule.WarmupSteps);
        json.WriteEndObject();
        json.WriteNumber("l2", recipe.L2);
        json.WriteNumber("weightDecay", recipe.WeightDecay);
        json.WritePropertyName("clipNorm");
        WriteNumber(json, recipe.ClipNorm);
        json.WriteNumber("epochs", recipe.Epochs);
        json.WriteNumber("batchSize", recipe.BatchSize);
        json.WriteNumber("microbatch", recipe.Microbatch);
        json.WriteString("mode", ModeText.Format(recipe.Mode));
        json.WriteNumber("replicas", recipe.Mode.Replicas);
        json.WriteNumber("outerLearningRate", recipe.Mode.OuterLearningRate);
        json.WriteNumber("outerMomentum", recipe.Mode.OuterMomentum);
        json.WritePropertyName("earlyStopping");
        WriteStopping(json, recipe.EarlyStopping);
        json.WriteString("compress", RecipeNames.Compressions.Of(recipe.Compression));
    }

    private static void WriteStopping(Utf8JsonWriter json, EarlyStoppingRecipe? stopping)
    {
        if (stopping is null)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        json.WriteString("metric", RecipeNames.Metrics.Of(stopping.Metric));
        json.WriteNumber("patience", stopping.Patience);
        json.WriteEndObject();
    }

    private static void WriteRun(Utf8JsonWriter json, RunSettings run)
    {
        json.WriteString("engine", RecipeNames.Engines.Of(run.Engine));
        json.WritePropertyName("workers");
        WriteNumber(json, run.Workers);
        json.WriteNumber("minWorkers", run.MinWorkers);
        json.WritePropertyName("threads");
        WriteNumber(json, run.Threads);
        json.WritePropertyName("parameterServers");
        WriteNumber(json, run.ParameterServers);
        json.WriteString("isa", run.Isa is { } isa ? RecipeNames.Isas.Of(isa) : "auto");
        json.WritePropertyName("checkpointEvery");
        WriteNumber(json, run.CheckpointEvery);
        json.WriteNumber("keep", run.Keep);
    }

    private static void WriteNumber(Utf8JsonWriter json, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
