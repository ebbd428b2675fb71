namespace DistTrain.Learning;

/// <summary>The largest recipe that is accepted; each bound is far above any use we know.</summary>
public static class RecipeLimits
{
    public const int FileBytes = 1 << 20;

    public const int Layers = 64;

    public const int Units = 65_536;

    /// <summary>Numbers in a sample.</summary>
    public const int InputFeatures = 1 << 24;

    /// <summary>Parameters are addressed by 32-bit offsets into one block of 4 GiB.</summary>
    public const long Parameters = 1L << 30;

    public const int Samples = int.MaxValue;

    public const int Microbatch = 1024;

    public const int BatchSize = 1 << 24;

    public const int Epochs = 1_000_000;

    public const int Steps = 1_000_000_000;

    /// <summary>Of a replica in a round.</summary>
    public const int LocalSteps = 999_999;

    public const int Replicas = 1024;

    /// <summary>Versions that a gradient may be behind.</summary>
    public const int Staleness = 999_999;

    public const int Workers = 1024;

    public const int Keep = 10_000;

    public const int NameLength = 100;

    public const int TextLength = 4096;

    /// <summary>Smallest ε: the smallest normal binary32, so that the kernels do not see 0.
    /// </summary>
    public const double SmallestEpsilon = 1.1754943508222875e-38;

    /// <summary>Largest factor (rate, norm, weight) that a kernel gets as a binary32.</summary>
    public const double LargestFactor = 1e30;
}
