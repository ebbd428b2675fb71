namespace DistTrain.Numerics;

/// <summary>
/// What the kernels compute, in the plainest loops: the oracle that every other implementation is
/// tested against, bit for bit. Shapes as in <see cref="Kernels"/>; slow, and meant to be read.
/// </summary>
public partial class NaiveKernels : Kernels
{
    public override Isa Isa => Isa.Scalar;

    public override void Multiply(ReadOnlyMatrix x, ReadOnlyMatrix w, Matrix z)
    {
        Shapes.RequireProduct(x.Rows, x.Columns, w.Rows, w.Columns, z.Rows, z.Columns);
        for (int i = 0; i < z.Rows; i++)
        {
            for (int j = 0; j < z.Columns; j++)
            {
                float chain = 0;
                for (int p = 0; p < x.Columns; p++)
                {
                    chain = Fma(x.Row(i)[p], w.Row(p)[j], chain);
                }

                z.Row(i)[j] = chain;
            }
        }
    }

    public override void InputGradient(ReadOnlyMatrix dz, ReadOnlyMatrix w, Matrix dx)
    {
        Shapes.RequireProduct(dz.Rows, dz.Columns, w.Columns, w.Rows, dx.Rows, dx.Columns);
        for (int i = 0; i < dx.Rows; i++)
        {
            for (int j = 0; j < dx.Columns; j++)
            {
                float chain = 0;
                for (int p = 0; p < dz.Columns; p++)
                {
                    chain = Fma(w.Row(j)[p], dz.Row(i)[p], chain);
                }

                dx.Row(i)[j] = chain + 0f;
            }
        }
    }

    /// <summary>Finds nothing worth skipping: the oracle reads every number.</summary>
    public override void MapNonzeros(ReadOnlyMatrix x, NonzeroMap map) =>
        map.IsWorthwhile = false;

    public override void WeightGradient(
        ReadOnlyMatrix x, ReadOnlyMatrix dz, Matrix dw, int microbatch,
        NonzeroMap? nonzeros = null)
    {
        Shapes.RequireProduct(x.Columns, x.Rows, dz.Rows, dz.Columns, dw.Rows, dw.Columns);
        int leaves = (x.Rows + microbatch - 1) / microbatch;
        for (int i = 0; i < dw.Rows; i++)
        {
            for (int j = 0; j < dw.Columns; j++)
            {
                dw.Row(i)[j] = TreeSum(x, i, dz, j, microbatch, 0, leaves);
            }
        }
    }

    public override void BiasGradient(ReadOnlyMatrix dz, Span<float> db, int microbatch)
    {
        float[] ones = new float[dz.Rows];
        Array.Fill(ones, 1f);
        WeightGradient(
            new ReadOnlyMatrix(ones, dz.Rows, 1), dz, new Matrix(db, 1, db.Length), microbatch);
    }

    public override void ScalePixels(
        ReadOnlySpan<byte> pixels, in PixelScale scale, Span<float> inputs)
    {
        Shapes.Require(inputs.Length == pixels.Length, "one input a pixel");
        for (int i = 0; i < pixels.Length; i++)
        {
            inputs[i] = scale.Rule switch
            {
                PixelRule.Unit => pixels[i] / 255f,
                PixelRule.Binary => pixels[i] >= 128 ? 1f : 0f,
                PixelRule.Standard => (pixels[i] - scale.Mean) / scale.Deviation,
                _ => throw new ArgumentOutOfRangeException(nameof(scale)),
            };
        }
    }

    public override void DropOut(ReadOnlyMatrix x, ReadOnlyMatrix factors, Matrix y)
    {
        Shapes.RequireSame(x, factors);
        Shapes.RequireSame(x, y);
        for (int i = 0; i < x.Rows; i++)
        {
            for (int j = 0; j < x.Columns; j++)
            {
                float factor = factors.Row(i)[j];
                y.Row(i)[j] = factor == 0 ? 0f : x.Row(i)[j] * factor;
            }
        }
    }

    public override void Add(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> sum)
    {
        Shapes.Require(
            left.Length == sum.Length && right.Length == sum.Length, "terms are as long as sums");
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] = left[i] + right[i];
        }
    }

    public override void Subtract(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> difference)
    {
        for (int i = 0; i < difference.Length; i++)
        {
            difference[i] = left[i] - right[i];
        }
    }

    public override double SquareNorm(ReadOnlySpan<float> root, float scale)
    {
        double sum = 0;
        for (int i = 0; i < root.Length; i++)
        {
            float gradient = (root[i] + 0f) * scale;
            sum += (double)gradient * gradient;
        }

        return sum;
    }

    public override float LargestMagnitude(ReadOnlySpan<float> numbers)
    {
        float largest = 0;
        foreach (float number in numbers)
        {
            largest = MathF.Max(largest, MathF.Abs(number));
        }

        return largest;
    }

    public override float Update(
        RootGradient root, ReadOnlySpan<float> before, Span<float> after,
        OptimizerMoments state, in UpdateStep step)
    {
        Shapes.RequireUpdate(root.Length, before.Length, after.Length, state, step.Rule);
        float largest = 0;
        for (int i = 0; i < root.Length; i++)
        {
            float sum = root.Right.IsEmpty ? root.Left[i] : root.Left[i] + root.Right[i];
            float gradient = (sum + 0f) * step.Scale * step.ClipFactor;
            gradient = step.L2 == 0 ? gradient : Fma(step.L2, before[i], gradient);
            float weight = step.Decay == 1 ? before[i] : before[i] * step.Decay;
            after[i] = step.Rule switch
            {
                UpdateRule.Sgd => Fma(-step.Rate, gradient, weight),
                UpdateRule.Momentum => MomentumStep(step, gradient, weight, ref state.First[i]),
                UpdateRule.Nesterov => NesterovStep(step, gradient, weight, ref state.First[i]),
                _ => AdamStep(step, gradient, weight, ref state.First[i], ref state.Second[i]),
            };
            largest = float.IsFinite(gradient)
                ? MathF.Max(largest, MathF.Abs(after[i]))
                : float.NaN;
        }

        return largest;
    }

    private static float MomentumStep(
        in UpdateStep step, float gradient, float weight, ref float velocity)
    {
        velocity = FlushDenormal(Fma(step.Beta1, velocity, gradient));
        return Fma(-step.Rate, velocity, weight);
    }

    private static float NesterovStep(
        in UpdateStep step, float gradient, float weight, ref float velocity)
    {
        velocity = FlushDenormal(Fma(step.Beta1, velocity, gradient));
        return Fma(-step.Rate, Fma(step.Beta1, velocity, gradient), weight);
    }

    private static float AdamStep(
        in UpdateStep step, float gradient, float weight, ref float first, ref float second)
    {
        first = FlushDenormal(Fma(step.OneMinusBeta1, gradient, step.Beta1 * first));
        second = FlushDenormal(
            Fma(step.OneMinusBeta2 * gradient, gradient, step.Beta2 * second));
        float denominator = Fma(MathF.Sqrt(second), step.RootCorrection, step.Epsilon);
        return Fma(-step.Rate, first / denominator, weight);
    }

    private static float FlushDenormal(float moment) =>
        moment == 0 || float.IsSubnormal(moment) ? 0f : moment;

    /// <summary>Σ x[s, i] · dz[s, j] over the microbatches [start, end) of the tree.</summary>
    private static float TreeSum(
        ReadOnlyMatrix x, int i, ReadOnlyMatrix dz, int j, int microbatch, int start, int end)
    {
        if (end - start > 1)
        {
            int middle = ReductionTree.Middle(start, end);
            return TreeSum(x, i, dz, j, microbatch, start, middle)
                + TreeSum(x, i, dz, j, microbatch, middle, end);
        }

        float chain = 0;
        int last = Math.Min(end * microbatch, x.Rows);
        for (int sample = start * microbatch; sample < last; sample++)
        {
            chain = Fma(x.Row(sample)[i], dz.Row(sample)[j], chain);
        }

        return chain;
    }

    private static float Fma(float a, float b, float c) => SoftwareFma.MultiplyAdd(a, b, c);
}
