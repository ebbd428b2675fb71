using DistTrain.Engine;
using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Cli;

/// <summary>A model file (or checkpoint) that is ready to be asked.</summary>
internal sealed class TrainedModel
{
    private readonly Checkpoint _checkpoint;

    private TrainedModel(string path, Checkpoint checkpoint, Recipe recipe)
    {
        Path = path;
        _checkpoint = checkpoint;
        Recipe = recipe;
        Scaling = FeatureScaling.FromState(checkpoint.Scaling);
    }

    public string Path { get; }

    public Recipe Recipe { get; }

    public FeatureScaling Scaling { get; }

    public int Features => _checkpoint.Data.Features;

    public int Classes => Recipe.Layers[^1].Units;

    public bool ForBytes => _checkpoint.Scaling.ForBytes;

    /// <summary>Rows and columns of the images it was trained on, or null.</summary>
    public (int Rows, int Columns)? ImageShape =>
        (_checkpoint.Data.ImageRows, _checkpoint.Data.ImageColumns) is ({ } rows, { } columns)
            ? (rows, columns) : null;

    public string DataName => _checkpoint.Data.Name;

    public long Version => _checkpoint.Version;

    public ReadOnlySpan<float> Parameters => _checkpoint.Parameters;

    /// <summary>Reads a model; every fault is a <see cref="CheckpointException"/>.</summary>
    public static TrainedModel Read(string path)
    {
        var checkpoint = CheckpointFile.Read(path);
        Recipe recipe;
        try
        {
            recipe = RecipeReader.Parse(checkpoint.RecipeJson).Recipe;
        }
        catch (RecipeException e)
        {
            throw new CheckpointException(path, "holds a recipe that this program cannot read",
                $"it was written by version {checkpoint.ProgramVersion}: {e.Problems[0]}", e);
        }
        var model = new TrainedModel(path, checkpoint, recipe);
        var layout = ParameterLayout.For(recipe.Layers, model.Features);
        if (layout.Count != checkpoint.Parameters.Length)
        {
            throw new CheckpointException(path, "holds other parameters than its recipe has",
                "train the model again");
        }
        return model;
    }

    /// <summary>The model's network over other samples.</summary>
    /// <param name="samples">As they are, not yet scaled.</param>
    public TrainingTask TaskFor(Dataset samples) => TrainingTask.Create(
        // Nothing is trained: batch and mode must only fit any number of samples.
        Recipe with
        {
            BatchSize = 1,
            InputFeatures = Features,
            Epochs = 1,
            Mode = new ModeRecipe(),
        },
        new DataSplit(samples, null, samples, Scaling));

    public static Kernels KernelsFor(string? isa)
    {
        if (isa is null or "auto")
        {
            return Kernels.For(IsaSupport.Best);
        }
        if (IsaNames.TryParse(isa, out var found) && IsaSupport.IsSupported(found))
        {
            return Kernels.For(found);
        }
        throw new CommandException(ExitCode.BadUsage,
            $"--isa: '{isa}' is not an instruction set of this machine",
            "it has " + string.Join(", ", IsaSupport.Available.Select(IsaNames.Format)));
    }
}
