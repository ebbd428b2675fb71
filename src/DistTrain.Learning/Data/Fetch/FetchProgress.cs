namespace DistTrain.Learning;

/// <summary>How far a download is.</summary>
/// <param name="File">The file that is being downloaded.</param>
/// <param name="Bytes">Of it that are on disk.</param>
/// <param name="TotalBytes">Its length.</param>
/// <param name="Note">Something worth a line (another mirror, a resumed file), else null.</param>
public readonly record struct FetchProgress(
    string File, long Bytes, long TotalBytes, string? Note = null);

/// <summary>How patient a download is.</summary>
public sealed record FetchOptions
{
    /// <summary>Longest wait for a connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest wait for the next bytes.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause before a mirror is asked again after a broken connection.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests to one mirror for one file before the next mirror is tried.</summary>
    public int AttemptsPerMirror { get; init; } = 3;
}
