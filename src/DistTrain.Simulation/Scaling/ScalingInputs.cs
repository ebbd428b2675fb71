namespace DistTrain.Simulation;

/// <summary>Everything that the scaling table follows from.</summary>
public sealed record ScalingInputs
{
    public IReadOnlyList<ScalingNetwork> Networks { get; init; } = ScalingNetwork.All;

    /// <summary>Of every machine's port, each way.</summary>
    public IReadOnlyList<double> BandwidthsGbits { get; init; } = [1, 10, 100];

    /// <summary>Each on a machine of its own. Fewer where the parameters have fewer blocks.
    /// </summary>
    public IReadOnlyList<int> ParameterServers { get; init; } = [1, 4, 16];

    public IReadOnlyList<int> Workers { get; init; } =
        [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

    /// <summary>From the last port to the next. An assumption: one switch and two kernels.
    /// </summary>
    public double LatencyMicros { get; init; } = 50;

    /// <summary>What a message costs its sender and its receiver besides its bytes. An assumption:
    /// a call into the kernel and a hand-off.</summary>
    public double MessageMicros { get; init; } = 5;

    /// <summary>Until a thread that waits for work begins. An assumption: waking a parked thread.
    /// </summary>
    public double WakeMicros { get; init; } = 20;

    /// <summary>For one parameter of one contribution more: 4 bytes read from memory.</summary>
    /// <remarks>bench/README.md, "Machine": copy, read + write, 64 MB: 36 GB/s.</remarks>
    public double CombineNanos { get; init; } = 4.0 / 36;

    /// <summary>Samples in a step of strong scaling.</summary>
    public int BatchSize { get; init; } = 16_384;

    /// <summary>Of weak scaling, and of each local step.</summary>
    public int SamplesPerWorker { get; init; } = 64;

    /// <summary>In a round.</summary>
    public int LocalSteps { get; init; } = 50;

    /// <summary>As its own machine does it alone, with nothing to send and nobody to wait for.
    /// </summary>
    internal ScalingInputs WithoutNetwork() =>
        this with { LatencyMicros = 0, MessageMicros = 0, WakeMicros = 0 };
}
