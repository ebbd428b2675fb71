namespace DistTrain.Learning.Tests;

/// <summary>
/// The loss of a network in plain binary64 loops on the runtime's own functions: shares nothing
/// with the code that it judges but the recipe. Forward only; gradients come from differences.
/// </summary>
internal sealed class Binary64Network(Recipe recipe, int inputs)
{
    /// <summary>The smallest |z| that a relu or leaky_relu has seen: the distance to its kink.
    /// </summary>
    public double NearestKink { get; private set; } = double.PositiveInfinity;

    /// <summary>Loss of one sample, times the weight of its class.</summary>
    /// <param name="parameters">Layer by layer, weight (in × out) then bias.</param>
    /// <param name="sample">(inputs)</param>
    /// <param name="label">Its class.</param>
    /// <param name="factors">What dropout multiplies each layer's outputs by, or null.</param>
    public double Loss(double[] parameters, double[] sample, int label, double[]?[] factors)
    {
        double[] logits = sample;
        double[] outputs = sample;
        int offset = 0;
        for (int layer = 0; layer < recipe.Layers.Count; layer++)
        {
            int ins = layer == 0 ? inputs : recipe.Layers[layer - 1].Units;
            int outs = recipe.Layers[layer].Units;
            logits = new double[outs];
            for (int j = 0; j < outs; j++)
            {
                logits[j] = parameters[offset + (ins * outs) + j];
                for (int i = 0; i < ins; i++)
                {
                    logits[j] += outputs[i] * parameters[offset + (i * outs) + j];
                }
            }

            offset += (ins + 1) * outs;
            outputs = Activate(recipe.Layers[layer].Activation, logits);
            outputs = factors[layer] is { } f ? [.. outputs.Zip(f, (y, x) => y * x)] : outputs;
        }

        return Loss(logits, outputs, label) * (recipe.Data.ClassWeights?[label] ?? 1);
    }

    private double Loss(double[] logits, double[] outputs, int label)
    {
        double[] target = [.. outputs.Select((_, j) => j == label ? 1.0 : 0.0)];
        return recipe.Loss switch
        {
            Learning.Loss.CrossEntropy => -Math.Log(Softmax(logits)[label]),
            Learning.Loss.BinaryCrossEntropy => outputs.Zip(
                target, (y, t) => -((t * Math.Log(y)) + ((1 - t) * Math.Log(1 - y)))).Average(),
            _ => outputs.Zip(target, (y, t) => (y - t) * (y - t)).Sum(),
        };
    }

    private double[] Activate(Activation activation, double[] z)
    {
        if (activation is Activation.Relu or Activation.LeakyRelu)
        {
            NearestKink = Math.Min(NearestKink, z.Min(Math.Abs));
        }

        return activation switch
        {
            Activation.Linear => z,
            Activation.Sigmoid => [.. z.Select(x => 1 / (1 + Math.Exp(-x)))],
            Activation.Tanh => [.. z.Select(Math.Tanh)],
            Activation.Relu => [.. z.Select(x => Math.Max(x, 0))],
            Activation.LeakyRelu => [.. z.Select(x => x < 0 ? 0.01 * x : x)],
            Activation.Gelu => [.. z.Select(x => x * (1 + Erf(x / Math.Sqrt(2))) / 2)],
            Activation.Softmax => Softmax(z),
            _ => throw new ArgumentOutOfRangeException(nameof(activation)),
        };
    }

    private static double[] Softmax(double[] z)
    {
        double max = z.Max();
        double sum = z.Sum(x => Math.Exp(x - max));
        return [.. z.Select(x => Math.Exp(x - max) / sum)];
    }

    // Abramowitz and Stegun 7.1.6: 2/√π · e^(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n + 1)), all of one sign.
    private static double Erf(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
