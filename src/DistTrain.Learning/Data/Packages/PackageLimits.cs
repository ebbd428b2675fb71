namespace DistTrain.Learning;

/// <summary>What is not exceeded by a data package, whoever sends it.</summary>
public static class PackageLimits
{
    /// <summary>Bytes of a package.</summary>
    public const long Bytes = 16L << 30;

    /// <summary>Bytes that travel at once.</summary>
    public const int PartBytes = 2 << 20;

    /// <summary>Bytes of a data set's name in UTF-8.</summary>
    public const int NameBytes = 1024;

    /// <summary>Bytes that are hashed, or copied from one place to another, at once.</summary>
    internal const int BlockBytes = 1 << 20;
}
