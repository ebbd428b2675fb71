using System.Text.Json;
using System.Text.Json.Serialization;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>
/// What a head tells a node that joins: everything that a run is made of, as far as more than one
/// node must know it. UTF-8 JSON in the message Welcome.
/// </summary>
/// <param name="Recipe">The resolved recipe, as in recipe.json.</param>
/// <param name="DataSha256">Of the data package.</param>
/// <param name="DataBytes">Of the data package.</param>
/// <param name="Training">Shape of the training set.</param>
/// <param name="Validation">Shape of the validation set; null: none.</param>
/// <param name="Test">Shape of the test set; null: none.</param>
/// <param name="Scaling">Of the features, fitted on the training set.</param>
/// <param name="Slices">Parameter slices.</param>
/// <param name="Workers">Workers that the run was planned for.</param>
/// <param name="CheckpointEverySteps">Steps between checkpoints; 0: at each epoch's end.</param>
/// <param name="GradientEncoding">As gradients travel: a number of <see cref="TensorEncoding"/>.
/// </param>
internal sealed record RunDescription(
    string Recipe, string DataSha256, long DataBytes, SetShape Training, SetShape? Validation,
    SetShape? Test, FeatureScalingState Scaling, int Slices, int Workers,
    long CheckpointEverySteps, int GradientEncoding)
{
    /// <summary>Of the JSON: a recipe of a few KB, and for standardised features two numbers
    /// each.</summary>
    public const int MostBytes = 16 << 20;

    [JsonIgnore]
    public TensorEncoding Encoding => (TensorEncoding)GradientEncoding;

    public byte[] ToJson() =>
        JsonSerializer.SerializeToUtf8Bytes(this, RunDescriptionJson.Default.RunDescription);

    /// <summary>A task as a head describes it.</summary>
    /// <param name="task">With its data.</param>
    /// <param name="package">Of the data.</param>
    /// <param name="plan">The run's shape.</param>
    /// <param name="workers">That the run was planned for.</param>
    /// <param name="compression">Of gradients as they travel.</param>
    public static RunDescription Of(
        TrainingTask task, PackageIdentity package, RunPlan plan, int workers,
        GradientCompression compression)
    {
        DataSplit data = task.Data;
        return new RunDescription(
            RecipeWriter.ToJson(task.Recipe), package.Sha256, package.Bytes,
            SetShape.Of(data.Training),
            data.Validation is { } validation ? SetShape.Of(validation) : null,
            data.Test is { } test ? SetShape.Of(test) : null,
            data.Scaling.ToState(), plan.Slices, workers, plan.CheckpointEverySteps,
            (int)EncodingOf(compression));
    }

    private static TensorEncoding EncodingOf(GradientCompression compression) =>
        compression switch
        {
            GradientCompression.Bfloat16 => TensorEncoding.Bfloat16,
            GradientCompression.Binary16 => TensorEncoding.Binary16,
            _ => TensorEncoding.Binary32,
        };

    /// <exception cref="NodeException">It is no description.</exception>
    public static RunDescription Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            RunDescription? read =
                JsonSerializer.Deserialize(json, RunDescriptionJson.Default.RunDescription);
            return read ?? throw new NodeException("the head describes no run");
        }
        catch (JsonException e)
        {
            throw new NodeException(
                $"the head describes the run in a way that this program does not know "
                + $"({e.Message.TrimEnd('.')}); use the same DistTrain on both");
        }
    }

    /// <exception cref="NodeException">This program does not know such a recipe.</exception>
    public Recipe ReadRecipe()
    {
        try
        {
            return RecipeReader.Parse(Recipe).Recipe;
        }
        catch (RecipeException e)
        {
            throw new NodeException(
                $"the head's recipe is none to this program ({e.Message}); use the same DistTrain "
                + "on both", e);
        }
    }

    /// <summary>The task, on data that are here.</summary>
    /// <exception cref="NodeException">This program does not know such a recipe.</exception>
    public TrainingTask TaskOn(DataSplit data) => TrainingTask.Create(ReadRecipe(), data);

    /// <summary>The task for a node that reads no sample.</summary>
    public TrainingTask TaskWithoutData() => TaskOn(new DataSplit(
        Training.ToDataset(), Validation?.ToDataset(), Test?.ToDataset(),
        FeatureScaling.FromState(Scaling)));

    public RunPlan PlanOf(TrainingTask task) =>
        RunPlanner.PlanOf(task, Slices, CheckpointEverySteps, Workers);
}

/// <summary>The shape of a data set.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Count">Samples.</param>
/// <param name="Features">Numbers in a sample.</param>
/// <param name="Classes">Labels are 0 … Classes − 1.</param>
/// <param name="IsBytes">Samples are bytes.</param>
/// <param name="Sha256">Content hash.</param>
internal sealed record SetShape(
    string Name, int Count, int Features, int Classes, bool IsBytes, string Sha256)
{
    public static SetShape Of(Dataset set) => new(
        set.Name, set.Count, set.Features, set.Classes, set.IsBytes, set.ContentSha256);

    public Dataset ToDataset() => new DescribedDataset(this);
}

/// <summary>Code that the compiler makes: no type is looked up by name.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(RunDescription))]
internal sealed partial class RunDescriptionJson : JsonSerializerContext;
