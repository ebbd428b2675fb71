using System.Text.Json;
using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>The part of a checkpoint that is text: all but the recipe and the numbers in bulk.
/// </summary>
internal sealed record CheckpointMetadata
{
    public required string Program { get; init; }

    public required Guid Run { get; init; }

    public required DataIdentity Data { get; init; }

    public required PixelScaling Scaling { get; init; }

    public required bool ScalesBytes { get; init; }

    public required long Version { get; init; }

    public required long StepsPerEpoch { get; init; }

    public required bool CanContinue { get; init; }

    public required long? BestVersion { get; init; }

    public required EarlyStoppingState Stopping { get; init; }

    public required HistoryState History { get; init; }

    public static CheckpointMetadata Of(Checkpoint checkpoint) => new()
    {
        Program = checkpoint.ProgramVersion,
        Run = checkpoint.Run,
        Data = checkpoint.Data,
        Scaling = checkpoint.Scaling.Kind,
        ScalesBytes = checkpoint.Scaling.ForBytes,
        Version = checkpoint.Version,
        StepsPerEpoch = checkpoint.StepsPerEpoch,
        CanContinue = checkpoint.CanContinue,
        BestVersion = checkpoint.Best?.Version,
        Stopping = checkpoint.Stopping,
        History = checkpoint.History,
    };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        this, CheckpointJson.Default.CheckpointMetadata);

    /// <exception cref="JsonException">Not such a text.</exception>
    public static CheckpointMetadata FromJson(byte[] json) =>
        JsonSerializer.Deserialize(json, CheckpointJson.Default.CheckpointMetadata)
            ?? throw new JsonException("null");
}
