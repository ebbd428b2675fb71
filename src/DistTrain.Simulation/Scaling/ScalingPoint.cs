using System.Collections.Immutable;

namespace DistTrain.Simulation;

/// <summary>One cluster's steady state.</summary>
/// <param name="Mode">How the work grows.</param>
/// <param name="Network">What is trained.</param>
/// <param name="BandwidthGbits">Of each port.</param>
/// <param name="ParameterServers">Those that have a slice.</param>
/// <param name="Workers">One thread each.</param>
/// <param name="StepSeconds">From one publication to the next.</param>
/// <param name="SamplesPerStep">Over all workers.</param>
/// <param name="Efficiency">Samples a second ÷ what as many workers would do if each was as fast
/// as one that trains alone on its machine.</param>
/// <param name="MessagePart">What of the time of sending, or of receiving, goes by messages and
/// not by bytes.</param>
/// <param name="Shares">By <see cref="ScalingBound"/>, of the step: the busiest machine's.</param>
public sealed record ScalingPoint(
    ScalingMode Mode, ScalingNetwork Network, double BandwidthGbits, int ParameterServers,
    int Workers, double StepSeconds, long SamplesPerStep, double Efficiency, double MessagePart,
    ImmutableArray<double> Shares)
{
    public double StepsPerSecond => 1 / StepSeconds;

    public double SamplesPerSecond => SamplesPerStep / StepSeconds;

    /// <summary>What most of the step goes to.</summary>
    public ScalingBound Bound => (ScalingBound)Shares.IndexOf(Shares.Max());

    /// <summary>A part of the step, 0 … 1.</summary>
    public double ShareOf(ScalingBound bound) => Shares[(int)bound];
}
