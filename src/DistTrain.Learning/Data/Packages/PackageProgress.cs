namespace DistTrain.Learning;

/// <summary>How far a download is.</summary>
/// <param name="Bytes">That are here.</param>
/// <param name="TotalBytes">Of the package; 0 until the first part came.</param>
public readonly record struct PackageProgress(long Bytes, long TotalBytes);
