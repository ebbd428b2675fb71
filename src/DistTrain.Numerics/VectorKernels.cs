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
    private AlignedBuffer<float> _transposed = new(0);
    private AlignedBuffer<float> _product = new(0);

    public override Isa Isa => isa;

    public override void Multiply(ReadOnlyMatrix x, ReadOnlyMatrix w, Matrix z)
    {
        Shapes.RequireProduct(x.Rows, x.Columns, w.Rows, w.Columns, z.Rows, z.Columns);
        Span<float> scratch = Ensure(ref _scratch, Gemm<V>.ScratchLength(x.Columns));
        var s = new Operands(x.Columns, x.RowStride, 1, w.RowStride, z.RowStride);
        fixed (float* a = x.Data, b = w.Data, c = z.Data, panel = scratch)
        {
            Gemm<V>.Multiply(z.Rows, z.Columns, s, a, b, c, panel);
        }
    }

    // dXᵀ = W · dZᵀ: the forward kernel, with chains over n and vectors over the samples.
    public override void InputGradient(ReadOnlyMatrix dz, ReadOnlyMatrix w, Matrix dx)
    {
        Shapes.RequireProduct(dz.Rows, dz.Columns, w.Columns, w.Rows, dx.Rows, dx.Columns);
        int m = dz.Rows;
        int stride = RoundUp(m, V.Count);
        Span<float> transposed = Ensure(ref _transposed, dz.Columns * stride);
        Span<float> product = Ensure(ref _product, w.Rows * stride);
        Span<float> scratch = Ensure(ref _scratch, Gemm<V>.ScratchLength(dz.Columns));
        var s = new Operands(dz.Columns, w.RowStride, 1, stride, stride);
        fixed (float* source = dz.Data, a = w.Data, b = transposed, c = product,
            panel = scratch, destination = dx.Data)
        {
            Transposition.Copy(m, dz.Columns, source, dz.RowStride, b, stride, addZero: false);
            Gemm<V>.Multiply(w.Rows, m, s, a, b, c, panel);
            Transposition.Copy(w.Rows, m, c, stride, destination, dx.RowStride, addZero: true);
        }
    }

    public override void WeightGradient(
        ReadOnlyMatrix x, ReadOnlyMatrix dz, Matrix dw, int microbatch)
    {
        Shapes.RequireProduct(x.Columns, x.Rows, dz.Rows, dz.Columns, dw.Rows, dw.Columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(microbatch, 1);
        Span<float> scratch = Ensure(ref _scratch, TreeGemm<V>.ScratchLength(x.Rows));
        var s = new Operands(x.Rows, 1, x.RowStride, dz.RowStride, dw.RowStride);
        fixed (float* a = x.Data, b = dz.Data, c = dw.Data, stack = scratch)
        {
            TreeGemm<V>.Multiply(dw.Rows, dw.Columns, s, microbatch, a, b, c, stack);
        }
    }

    public override void BiasGradient(ReadOnlyMatrix dz, Span<float> db, int microbatch)
    {
        Shapes.Require(db.Length == dz.Columns, "the bias gradient has one number an output");
        ArgumentOutOfRangeException.ThrowIfLessThan(microbatch, 1);
        Span<float> scratch = Ensure(ref _scratch, TreeGemm<V>.ScratchLength(dz.Rows));
        float one = 1;
        var s = new Operands(dz.Rows, 0, 0, dz.RowStride, dz.Columns);
        fixed (float* b = dz.Data, c = db, stack = scratch)
        {
            TreeGemm<V>.Multiply(1, dz.Columns, s, microbatch, &one, b, c, stack);
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

    public override bool Update(
        ReadOnlySpan<float> root, ReadOnlySpan<float> before, Span<float> after,
        OptimizerMoments state, in UpdateStep step)
    {
        Shapes.RequireUpdate(root.Length, before.Length, after.Length, state, step.Rule);
        fixed (float* r = root, b = before, a = after, first = state.First, second = state.Second)
        {
            var o = new UpdatePass<V>.Operands
            {
                Root = r,
                Before = b,
                After = a,
                First = first,
                Second = second,
            };
            return step.Rule switch
            {
                UpdateRule.Sgd => UpdatePass<V>.Run<SgdRule<V>>(o, root.Length, step),
                UpdateRule.Momentum => UpdatePass<V>.Run<MomentumRule<V>>(o, root.Length, step),
                _ => UpdatePass<V>.Run<AdamRule<V>>(o, root.Length, step),
            };
        }
    }

    private static Span<float> Ensure(ref AlignedBuffer<float> buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new AlignedBuffer<float>(length);
        }

        return buffer.Span;
    }

    private static int RoundUp(int value, int multiple) =>
        (value + multiple - 1) / multiple * multiple;
}
