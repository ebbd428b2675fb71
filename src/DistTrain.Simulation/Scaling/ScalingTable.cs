using System.Collections.Immutable;

namespace DistTrain.Simulation;

/// <summary>Runs the clusters of the scaling table, for the command line and for tests.</summary>
public static class ScalingTable
{
    /// <summary>All points: by mode, network, bandwidth, parameter servers, workers. The same
    /// inputs give the same points.</summary>
    /// <param name="inputs">What to run, and what it costs.</param>
    /// <param name="onPoint">Told of each as it is done.</param>
    /// <param name="stop">Gives the points done so far.</param>
    public static IReadOnlyList<ScalingPoint> Run(
        ScalingInputs inputs, Action<ScalingPoint>? onPoint = null,
        CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var points = new List<ScalingPoint>();
        foreach (ScalingMode mode in Enum.GetValues<ScalingMode>())
        {
            foreach (ScalingNetwork network in inputs.Networks)
            {
                double alone = SamplesPerSecondAlone(inputs, mode, network);
                foreach (ScalingPoint point in PointsOf(inputs, mode, network, alone))
                {
                    if (stop.IsCancellationRequested)
                    {
                        return points;
                    }

                    points.Add(point);
                    onPoint?.Invoke(point);
                }
            }
        }

        return points;
    }

    private static IEnumerable<ScalingPoint> PointsOf(
        ScalingInputs inputs, ScalingMode mode, ScalingNetwork network, double alone) =>
        from gbits in inputs.BandwidthsGbits
        from servers in inputs.ParameterServers
        from workers in inputs.Workers
        select PointOf(
            new CostModel(inputs, mode, network, gbits, servers, workers),
            mode, network, gbits, alone);

    private static ScalingPoint PointOf(
        CostModel costs, ScalingMode mode, ScalingNetwork network, double gbits, double alone)
    {
        (double seconds, ImmutableArray<double> shares) = Measure(costs);
        double samplesPerSecond = costs.Work.Samples / seconds;
        return new ScalingPoint(
            mode, network, gbits, costs.Slices, costs.Workers, seconds, costs.Work.Samples,
            samplesPerSecond / (alone * costs.Workers), costs.MessagePart, shares);
    }

    private static double SamplesPerSecondAlone(
        ScalingInputs inputs, ScalingMode mode, ScalingNetwork network)
    {
        var costs = new CostModel(
            inputs.WithoutNetwork(), mode, network, double.PositiveInfinity,
            servers: 1, workers: 1);
        return costs.Work.Samples / Measure(costs).Seconds;
    }

    private static (double Seconds, ImmutableArray<double> Shares) Measure(CostModel costs)
    {
        StepWatch steps = new ScalingCluster(costs, ProductRoles.Instance).Measure();
        return (steps.StepNanos / 1e9, steps.Shares());
    }
}
