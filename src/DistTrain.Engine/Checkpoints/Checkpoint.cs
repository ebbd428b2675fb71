using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>
/// All that a run is made of at one version, and so all that a <c>.dtm</c> file holds: enough to
/// continue with the same bits, or to predict. Every parameter slice is in it, at the same version.
/// </summary>
public sealed record Checkpoint
{
    /// <summary>Where it was read from, for messages; not part of the file.</summary>
    public string Path { get; init; } = "the checkpoint";

    /// <summary>The program that wrote it.</summary>
    public string ProgramVersion { get; init; } = ThisProgram.Version;

    /// <summary>The run, across its restarts.</summary>
    public required Guid Run { get; init; }

    /// <summary>The resolved recipe, every field explicit.</summary>
    public required string RecipeJson { get; init; }

    public required DataIdentity Data { get; init; }

    /// <summary>How the numbers of a sample become inputs.</summary>
    public required FeatureScalingState Scaling { get; init; }

    /// <summary>Updates applied. The data position follows from it.</summary>
    public required long Version { get; init; }

    public required long StepsPerEpoch { get; init; }

    /// <summary>The flat block, in public order.</summary>
    public required float[] Parameters { get; init; }

    /// <summary>Velocity of a momentum or first moment of Adam; empty if there is none.</summary>
    public float[] FirstMoment { get; init; } = [];

    /// <summary>Second moment of Adam; empty if there is none.</summary>
    public float[] SecondMoment { get; init; } = [];

    /// <summary>The best parameters so far, where early stopping restores them.</summary>
    public BestParameters? Best { get; init; }

    public required EarlyStoppingState Stopping { get; init; }

    public required HistoryState History { get; init; }

    /// <summary>False for a model file that leaves the optimizer's state out: it predicts, but a
    /// run does not continue from it.</summary>
    public bool CanContinue { get; init; } = true;

    /// <summary>The epoch under way, from 0.</summary>
    public long Epoch => Version / StepsPerEpoch;

    /// <summary>Steps done of it.</summary>
    public long StepInEpoch => Version % StepsPerEpoch;
}

/// <summary>The best parameters and the version that they are of.</summary>
public sealed record BestParameters(long Version, float[] Parameters);

/// <summary>What a run was trained on, as far as a file can tell.</summary>
/// <param name="Name">For messages.</param>
/// <param name="TrainingSha256">Content hash of the training samples.</param>
/// <param name="ValidationSha256">Content hash of the validation samples; null: none.</param>
/// <param name="Features">Numbers in a sample.</param>
/// <param name="Classes">Labels are 0 … Classes − 1.</param>
/// <param name="ImageRows">Of a sample that is an image, else null.</param>
/// <param name="ImageColumns">Of a sample that is an image, else null.</param>
public sealed record DataIdentity(
    string Name, string TrainingSha256, string? ValidationSha256, int Features, int Classes,
    int? ImageRows, int? ImageColumns)
{
    public static DataIdentity Of(DataSplit data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Dataset training = data.Training;
        return new DataIdentity(
            training.Name, training.ContentSha256, data.Validation?.ContentSha256,
            training.Features, training.Classes,
            training.ImageShape?.Rows, training.ImageShape?.Columns);
    }
}
