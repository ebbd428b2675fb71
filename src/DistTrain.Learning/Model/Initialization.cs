using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// The parameters of version 0. Weight i of a layer is a function of (seed, layer, i) alone, so any
/// interval can be made anywhere; biases are 0. Distributions as in Keras: Glorot and Bengio
/// (2010), He et al. (2015), LeCun et al. (1998); normals are cut off at two deviations and scaled
/// so that the deviation is the stated one.
/// </summary>
public static class Initialization
{
    // Standard deviation of a standard normal truncated to [−2, 2].
    private const double TruncatedDeviation = 0.87962566103423978;

    // Φ(−2): the probability mass cut off on each side.
    private const double TailMass = 0.022750131948179209;

    /// <summary>Writes the parameters of <paramref name="interval"/>.</summary>
    public static void Fill(
        Recipe recipe, ParameterLayout layout, ParameterInterval interval,
        Span<float> parameters)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(parameters.Length, interval.Length);
        parameters.Clear();
        var stream = new RandomStream(recipe.Seed, RandomPurpose.Initialization);
        foreach (ParameterView view in layout.Views)
        {
            int start = Math.Max(view.Offset, interval.Start);
            int end = Math.Min(view.Offset + view.Length, interval.End);
            if (view.IsWeight && start < end)
            {
                Span<float> part = parameters[(start - interval.Start)..(end - interval.Start)];
                FillWeight(
                    stream, view, recipe.Layers[view.Layer].Init, start - view.Offset, part);
            }
        }
    }

    private static void FillWeight(
        RandomStream stream, ParameterView view, Initializer initializer, int firstIndex,
        Span<float> weights)
    {
        double scale = Scale(initializer, view.Rows, view.Columns);
        for (int i = 0; i < weights.Length; i++)
        {
            uint word = stream.Word((uint)(firstIndex + i), (uint)view.Layer);
            weights[i] = initializer switch
            {
                Initializer.Zeros => 0f,
                Initializer.GlorotNormal or Initializer.HeNormal or Initializer.LecunNormal =>
                    (float)(scale * TruncatedNormal(word)),
                _ => (float)(scale * ((2 * UniformDistribution.OpenFromWord(word)) - 1)),
            };
        }
    }

    /// <summary>Half width of a uniform, or deviation of the normal that is truncated.</summary>
    private static double Scale(Initializer initializer, int fanIn, int fanOut)
    {
        double fanAverage = (fanIn + (double)fanOut) / 2;
        return initializer switch
        {
            Initializer.GlorotUniform => Math.Sqrt(3 / fanAverage),
            Initializer.HeUniform => Math.Sqrt(6.0 / fanIn),
            Initializer.LecunUniform => Math.Sqrt(3.0 / fanIn),
            Initializer.GlorotNormal => Math.Sqrt(1 / fanAverage) / TruncatedDeviation,
            Initializer.HeNormal => Math.Sqrt(2.0 / fanIn) / TruncatedDeviation,
            Initializer.LecunNormal => Math.Sqrt(1.0 / fanIn) / TruncatedDeviation,
            _ => 0,
        };
    }

    // Maps (0, 1) to (Φ(−2), Φ(2)) and inverts there, so no draw is thrown away.
    private static double TruncatedNormal(uint word) => NormalDistribution.Inverse(
        TailMass + (UniformDistribution.OpenFromWord(word) * (1 - (2 * TailMass))));
}
