namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// The arithmetic that a training step cannot do without, on whole vectors: the columns of each
/// product's result are rounded up to the lanes of a vector.
/// </summary>
/// <param name="ForwardShare">Share of the first layer's forward product that zeros leave.</param>
/// <param name="GradientShare">The same for its weight gradient.</param>
internal readonly record struct StepWork(double ForwardShare, double GradientShare)
{
    /// <summary>Samples that one forward tile takes at once, and one microbatch.</summary>
    public const int ForwardSamples = 4, GradientSamples = 16;

    public static StepWork Dense { get; } = new(1, 1);

    public double FlopsOf(Network network, int lanes)
    {
        IReadOnlyList<int> widths = network.Widths;
        double flops = 0;
        for (int layer = 0; layer + 1 < widths.Count; layer++)
        {
            double product = 2.0 * network.BatchSize * widths[layer]
                * Whole(widths[layer + 1], lanes);
            flops += layer == 0
                ? product * (ForwardShare + GradientShare)
                : (2 * product) + InputGradient(network, layer, lanes);
        }

        return flops;
    }

    private static double InputGradient(Network network, int layer, int lanes) =>
        2.0 * network.BatchSize * Whole(network.Widths[layer], lanes)
        * network.Widths[layer + 1];

    private static int Whole(int columns, int lanes) => (columns + lanes - 1) / lanes * lanes;
}
