namespace DistTrain.Numerics;

/// <content>Activations and losses, one number at a time.</content>
public partial class NaiveKernels
{
    private const float LeakySlope = 0.01f;

    public override void Forward(
        ReadOnlyMatrix x, ReadOnlyMatrix w, ReadOnlySpan<float> bias, in LayerOutput output,
        NonzeroMap? nonzeros = null)
    {
        Matrix z = output.Logits;
        Multiply(x, w, z);
        for (int i = 0; i < z.Rows; i++)
        {
            for (int j = 0; j < z.Columns; j++)
            {
                float logit = z.Row(i)[j] + 0f + bias[j];
                z.Row(i)[j] = logit;
                output.Activated.Row(i)[j] = Forward(output.Activation, logit);
            }
        }

        if (output.HasDropout)
        {
            DropOut(output.Activated, output.Factors, output.Dropped);
        }
    }

    public override void InputGradient(
        ReadOnlyMatrix dz, ReadOnlyMatrix w, Matrix dx, in LayerOutput below)
    {
        InputGradient(dz, w, dx);
        if (below.HasDropout)
        {
            DropOut(dx, below.Factors, dx);
        }

        ActivateBackward(below.Activation, dx, below.Logits, below.Activated);
    }

    public override void ActivateBackward(
        ElementwiseActivation activation, Matrix gradient, ReadOnlyMatrix z, ReadOnlyMatrix y)
    {
        Shapes.RequireSame(gradient, z);
        for (int i = 0; i < z.Rows; i++)
        {
            for (int j = 0; j < z.Columns; j++)
            {
                gradient.Row(i)[j] =
                    Backward(activation, gradient.Row(i)[j], z.Row(i)[j], y.Row(i)[j]);
            }
        }
    }

    public override void Softmax(ReadOnlyMatrix z, Matrix y)
    {
        Shapes.RequireSame(z, y);
        for (int i = 0; i < z.Rows; i++)
        {
            SoftmaxOf(z.Row(i), y.Row(i));
        }
    }

    public override void SoftmaxBackward(Matrix gradient, ReadOnlyMatrix y)
    {
        Shapes.RequireSame(gradient, y);
        float[] products = new float[y.Columns];
        for (int i = 0; i < y.Rows; i++)
        {
            for (int j = 0; j < y.Columns; j++)
            {
                products[j] = gradient.Row(i)[j] * y.Row(i)[j];
            }

            float mean = LanesOf16(products);
            for (int j = 0; j < y.Columns; j++)
            {
                gradient.Row(i)[j] = y.Row(i)[j] * (gradient.Row(i)[j] - mean);
            }
        }
    }

    public override void SoftmaxCrossEntropy(
        ReadOnlyMatrix z, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights, Matrix y,
        Span<float> losses, Matrix dz)
    {
        Shapes.RequireLoss(z, labels, weights, losses, dz);
        for (int i = 0; i < z.Rows; i++)
        {
            float weight = weights.IsEmpty ? 1f : weights[i];
            (float max, float sum) = SoftmaxOf(z.Row(i), y.Row(i));
            losses[i] = (ScalarOf.Log(sum) - (z.Row(i)[labels[i]] - max)) * weight;
            for (int j = 0; j < z.Columns; j++)
            {
                dz.Row(i)[j] = (y.Row(i)[j] - (j == labels[i] ? 1f : 0f)) * weight;
            }
        }
    }

    public override void SigmoidCrossEntropy(
        ReadOnlyMatrix z, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights, Matrix y,
        Span<float> losses, Matrix dz)
    {
        Shapes.RequireLoss(z, labels, weights, losses, dz);
        float share = 1f / z.Columns;
        float[] terms = new float[z.Columns];
        for (int i = 0; i < z.Rows; i++)
        {
            float weight = weights.IsEmpty ? 1f : weights[i];
            for (int j = 0; j < z.Columns; j++)
            {
                float logit = z.Row(i)[j];
                float target = j == labels[i] ? 1f : 0f;
                terms[j] = ScalarOf.Softplus(logit);
                terms[j] = j == labels[i] ? terms[j] - logit : terms[j];
                y.Row(i)[j] = ScalarOf.Sigmoid(logit);
                dz.Row(i)[j] = (y.Row(i)[j] - target) * share * weight;
            }

            losses[i] = LanesOf16(terms) * share * weight;
        }
    }

    public override void SquaredError(
        ReadOnlyMatrix y, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights,
        Span<float> losses, Matrix dy)
    {
        Shapes.RequireLoss(y, labels, weights, losses, dy);
        float[] squares = new float[y.Columns];
        for (int i = 0; i < y.Rows; i++)
        {
            float weight = weights.IsEmpty ? 1f : weights[i];
            for (int j = 0; j < y.Columns; j++)
            {
                float error = y.Row(i)[j] - (j == labels[i] ? 1f : 0f);
                squares[j] = error * error;
                dy.Row(i)[j] = 2f * error * weight;
            }

            losses[i] = LanesOf16(squares) * weight;
        }
    }

    private static float Forward(ElementwiseActivation activation, float z) => activation switch
    {
        ElementwiseActivation.Linear => z,
        ElementwiseActivation.Sigmoid => ScalarOf.Sigmoid(z),
        ElementwiseActivation.Tanh => ScalarOf.Tanh(z),
        ElementwiseActivation.Relu => z < 0 ? 0f : z,
        ElementwiseActivation.LeakyRelu => z < 0 ? LeakySlope * z : z,
        ElementwiseActivation.Gelu => z * Phi(z),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };

    private static float Backward(ElementwiseActivation activation, float dy, float z, float y) =>
        activation switch
        {
            ElementwiseActivation.Linear => dy,
            ElementwiseActivation.Sigmoid => dy * (y * (1f - y)),
            ElementwiseActivation.Tanh => dy * Fma(-y, y, 1f),
            ElementwiseActivation.Relu => y > 0 ? dy : 0f,
            ElementwiseActivation.LeakyRelu => y > 0 ? dy : LeakySlope * dy,
            ElementwiseActivation.Gelu =>
                dy * Fma(z, 0.39894228f * ScalarOf.Exp(-0.5f * z * z), Phi(z)),
            _ => throw new ArgumentOutOfRangeException(nameof(activation)),
        };

    private static float Phi(float z) => Fma(0.5f, ScalarOf.Erf(z * 0.70710678f), 0.5f);

    private static (float Max, float Sum) SoftmaxOf(ReadOnlySpan<float> z, Span<float> y)
    {
        float max = z[0];
        foreach (float logit in z)
        {
            max = max < logit ? logit : max;
        }

        for (int j = 0; j < z.Length; j++)
        {
            y[j] = ScalarOf.Exp(z[j] - max);
        }

        float sum = LanesOf16(y);
        for (int j = 0; j < z.Length; j++)
        {
            y[j] /= sum;
        }

        return (max, sum);
    }

    /// <summary>N4: lane l sums x[l], x[l + 16], …; then the lanes are folded by halves.</summary>
    private static float LanesOf16(ReadOnlySpan<float> x)
    {
        Span<float> lanes = stackalloc float[16];
        for (int i = 0; i < x.Length; i++)
        {
            lanes[i % 16] += x[i];
        }

        for (int half = 8; half > 0; half /= 2)
        {
            for (int l = 0; l < half; l++)
            {
                lanes[l] += lanes[l + half];
            }
        }

        return lanes[0];
    }
}
