namespace DistTrain.Numerics;

/// <content>Activations and losses: row by row, the formula chosen once a call.</content>
internal sealed unsafe partial class VectorKernels<V>
{
    public override void ActivateBackward(
        ElementwiseActivation activation, Matrix gradient, ReadOnlyMatrix z, ReadOnlyMatrix y)
    {
        Shapes.RequireSame(gradient, z);
        Shapes.RequireSame(gradient, y);
        switch (activation)
        {
            case ElementwiseActivation.Linear: break;
            case ElementwiseActivation.Sigmoid: Backward<SigmoidRule<V>>(gradient, z, y); break;
            case ElementwiseActivation.Tanh: Backward<TanhRule<V>>(gradient, z, y); break;
            case ElementwiseActivation.Relu: Backward<ReluRule<V>>(gradient, z, y); break;
            case ElementwiseActivation.LeakyRelu: Backward<LeakyReluRule<V>>(gradient, z, y); break;
            case ElementwiseActivation.Gelu: Backward<GeluRule<V>>(gradient, z, y); break;
            default: throw new ArgumentOutOfRangeException(nameof(activation));
        }
    }

    public override void Softmax(ReadOnlyMatrix z, Matrix y)
    {
        Shapes.RequireSame(z, y);
        for (int i = 0; i < z.Rows; i++)
        {
            fixed (float* logits = z.Row(i), row = y.Row(i))
            {
                SoftmaxRow<V>.Forward(logits, row, z.Columns);
            }
        }
    }

    public override void SoftmaxBackward(Matrix gradient, ReadOnlyMatrix y)
    {
        Shapes.RequireSame(gradient, y);
        for (int i = 0; i < y.Rows; i++)
        {
            fixed (float* g = gradient.Row(i), row = y.Row(i))
            {
                SoftmaxRow<V>.Backward(g, row, y.Columns);
            }
        }
    }

    public override void SoftmaxCrossEntropy(
        ReadOnlyMatrix z, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights, Matrix y,
        Span<float> losses, Matrix dz)
    {
        Shapes.RequireLoss(z, labels, weights, losses, dz);
        Shapes.RequireSame(z, y);
        if (z.Columns <= SoftmaxBlock<V>.MaxColumns)
        {
            SoftmaxCrossEntropyOfFew(z, labels, weights, y, losses, dz);
            return;
        }

        for (int i = 0; i < z.Rows; i++)
        {
            float weight = weights.IsEmpty ? 1f : weights[i];
            fixed (float* logits = z.Row(i), row = y.Row(i), gradient = dz.Row(i))
            {
                losses[i] = LossRow<V>.SoftmaxCrossEntropy(
                    logits, labels[i], weight, row, gradient, z.Columns);
            }
        }
    }

    public override void SigmoidCrossEntropy(
        ReadOnlyMatrix z, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights, Matrix y,
        Span<float> losses, Matrix dz)
    {
        Shapes.RequireLoss(z, labels, weights, losses, dz);
        Shapes.RequireSame(z, y);
        for (int i = 0; i < z.Rows; i++)
        {
            float weight = weights.IsEmpty ? 1f : weights[i];
            fixed (float* logits = z.Row(i), row = y.Row(i), gradient = dz.Row(i))
            {
                losses[i] = LossRow<V>.SigmoidCrossEntropy(
                    logits, labels[i], weight, row, gradient, z.Columns);
            }
        }
    }

    public override void SquaredError(
        ReadOnlyMatrix y, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights,
        Span<float> losses, Matrix dy)
    {
        Shapes.RequireLoss(y, labels, weights, losses, dy);
        for (int i = 0; i < y.Rows; i++)
        {
            float weight = weights.IsEmpty ? 1f : weights[i];
            fixed (float* row = y.Row(i), gradient = dy.Row(i))
            {
                losses[i] = LossRow<V>.SquaredError(row, labels[i], weight, gradient, y.Columns);
            }
        }
    }

    private static void SoftmaxCrossEntropyOfFew(
        ReadOnlyMatrix z, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights, Matrix y,
        Span<float> losses, Matrix dz)
    {
        float* scratch = stackalloc float[SoftmaxBlock<V>.ScratchLength];
        fixed (float* logits = z.Data, factors = weights, rows = y.Data, loss = losses,
            gradient = dz.Data)
        {
            fixed (int* classes = labels)
            {
                for (int i = 0; i < z.Rows; i += V.Count)
                {
                    SoftmaxBlock<V>.CrossEntropy(
                        Math.Min(V.Count, z.Rows - i), z.Columns,
                        logits + (i * (nint)z.RowStride), z.RowStride, classes + i,
                        weights.IsEmpty ? null : factors + i,
                        rows + (i * (nint)y.RowStride), y.RowStride, loss + i,
                        gradient + (i * (nint)dz.RowStride), dz.RowStride, scratch);
                }
            }
        }
    }

    private static void Backward<TRule>(Matrix gradient, ReadOnlyMatrix z, ReadOnlyMatrix y)
        where TRule : struct, IActivationRule<V>
    {
        for (int i = 0; i < z.Rows; i++)
        {
            fixed (float* g = gradient.Row(i), logits = z.Row(i), row = y.Row(i))
            {
                ActivationPass<V>.BackwardRow<TRule>(g, logits, row, z.Columns);
            }
        }
    }
}
