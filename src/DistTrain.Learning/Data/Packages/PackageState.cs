namespace DistTrain.Learning;

/// <summary>What a download waits for.</summary>
public enum PackageState
{
    /// <summary>The part at <see cref="PackageDownload.WantedOffset"/>.</summary>
    Fetching,

    /// <summary>Another process on this machine, which downloads the same.</summary>
    Waiting,

    /// <summary>Nothing: <see cref="PackageDownload.Data"/> is there.</summary>
    Completed,

    /// <summary>Nothing: <see cref="PackageDownload.Failure"/> is there.</summary>
    Failed,
}
