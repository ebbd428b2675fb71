namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// The arithmetic that a training step cannot do without, on whole vectors: the columns of each
/// product's result are rounded up to the lanes of a vector where more than half of it are full.
/// </summary>
/// <param name="ForwardShare">Share of the first layer's forward product that zeros leave.</param>
/// <param name="GradientShare">The same for its weight gradient.</param>
internal readonly record struct StepWork(double ForwardShare, double GradientShare)
{
    /// <summary>Samples that one forward tile takes at once, and one microbatch.</summary>
    public const int ForwardSamples = 4, GradientSamples = 16;

    public static StepWork Dense { get; } = new(1, 1);

    public double FlopsOf(Network network, int lanes) =>
        FlopsOf(network, lanes, StepPart.Forward)
        + FlopsOf(network, lanes, StepPart.InputGradient)
        + FlopsOf(network, lanes, StepPart.WeightGradient);

    /// <summary>Of the products of one part, over all layers; 0 of a part without any.</summary>
    public double FlopsOf(Network network, int lanes, StepPart part)
    {
        double flops = 0;
        for (int layer = 0; layer + 1 < network.Widths.Count; layer++)
        {
            flops += part switch
            {
                StepPart.Forward => Product(network, layer, lanes)
                    * (layer == 0 ? ForwardShare : 1),
                StepPart.WeightGradient => Product(network, layer, lanes)
                    * (layer == 0 ? GradientShare : 1),
                StepPart.InputGradient when layer > 0 => InputGradient(network, layer, lanes),
                _ => 0,
            };
        }

        return flops;
    }

    private static double Product(Network network, int layer, int lanes) =>
        2.0 * network.BatchSize * network.Widths[layer]
        * Whole(network.Widths[layer + 1], lanes);

    private static double InputGradient(Network network, int layer, int lanes) =>
        2.0 * network.BatchSize * Whole(network.Widths[layer], lanes)
        * network.Widths[layer + 1];

    // Fewer may be made rows of the transposed product.
    private static int Whole(int columns, int lanes) => columns % lanes <= lanes / 2
        ? columns : (columns + lanes - 1) / lanes * lanes;
}
