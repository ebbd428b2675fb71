using DistTrain.Engine.Tcp;

namespace DistTrain.Benchmarks.Wire;

/// <summary>Links as nodes have them, but none is given up while the machine is full.</summary>
internal static class WireOptions
{
    public static LinkOptions Patient { get; } = LinkOptions.Default with
    {
        FailureTimeout = TimeSpan.FromMinutes(1),
        SuspicionLimit = double.MaxValue,
    };
}
