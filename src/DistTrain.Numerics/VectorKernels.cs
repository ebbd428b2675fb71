namespace DistTrain.Numerics;

/// <summary>
/// The kernels at one vector width. Shapes are checked here, once; what is called from here trusts
/// them. Not safe for two threads at a time: it owns scratch.
/// </summary>
/// <remarks>
/// Safety: every <c>fixed</c> below pins memory whose length the entry has checked against the
/// shape, and no kernel reads or writes outside rows × columns.
/// </remarks>
internal sealed unsafe partial class VectorKernels<V>(Isa isa) : Kernels
    where V : struct, ILanes<V>
{
    private AlignedBuffer<float> _scratch = new(0);

    public override Isa Isa => isa;

    public override void ScalePixels(
        ReadOnlySpan<byte> pixels, in PixelScale scale, Span<float> inputs)
    {
        Shapes.Require(inputs.Length == pixels.Length, "one input a pixel");
        fixed (byte* source = pixels)
        {
            fixed (float* destination = inputs)
            {
                PixelRow<V>.Scale(source, scale, destination, pixels.Length);
            }
        }
    }

    public override void DropOut(ReadOnlyMatrix x, ReadOnlyMatrix factors, Matrix y)
    {
        Shapes.RequireSame(x, factors);
        Shapes.RequireSame(x, y);
        for (int i = 0; i < x.Rows; i++)
        {
            fixed (float* row = x.Row(i), factor = factors.Row(i), product = y.Row(i))
            {
                Elementwise<V>.DropOut(row, factor, product, x.Columns);
            }
        }
    }

    public override void Add(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> sum)
    {
        Shapes.Require(
            left.Length == sum.Length && right.Length == sum.Length, "terms are as long as sums");
        fixed (float* l = left, r = right, s = sum)
        {
            Elementwise<V>.Add(l, r, s, sum.Length);
        }
    }

    public override void Subtract(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> difference)
    {
        Shapes.Require(
            left.Length == difference.Length && right.Length == difference.Length,
            "terms are as long as differences");
        fixed (float* l = left, r = right, d = difference)
        {
            Elementwise<V>.Subtract(l, r, d, difference.Length);
        }
    }

    public override double SquareNorm(ReadOnlySpan<float> root, float scale)
    {
        double sum = 0;
        foreach (float element in root)
        {
            double gradient = (element + 0f) * scale;
            sum += gradient * gradient;
        }

        return sum;
    }

    public override float LargestMagnitude(ReadOnlySpan<float> numbers)
    {
        fixed (float* x = numbers)
        {
            return Magnitude<V>.Largest(x, numbers.Length);
        }
    }

    public override float Update(
        RootGradient root, ReadOnlySpan<float> before, Span<float> after,
        OptimizerMoments state, in UpdateStep step)
    {
        Shapes.RequireUpdate(root.Length, before.Length, after.Length, state, step.Rule);
        fixed (float* left = root.Left, right = root.Right, b = before, a = after,
            first = state.First, second = state.Second)
        {
            var o = new UpdatePass<V>.Operands
            {
                Left = left,
                Right = right,
                Before = b,
                After = a,
                First = first,
                Second = second,
            };
            return step.Rule switch
            {
                UpdateRule.Sgd => UpdatePass<V>.Run<SgdRule<V>>(o, root.Length, step),
                UpdateRule.Momentum => UpdatePass<V>.Run<MomentumRule<V>>(o, root.Length, step),
                UpdateRule.Nesterov => UpdatePass<V>.Run<NesterovRule<V>>(o, root.Length, step),
                _ => UpdatePass<V>.Run<AdamRule<V>>(o, root.Length, step),
            };
        }
    }

    private Span<float> Scratch(int length)
    {
        if (_scratch.Length < length)
        {
            _scratch = new AlignedBuffer<float>(length);
        }

        return _scratch.Span;
    }
}
