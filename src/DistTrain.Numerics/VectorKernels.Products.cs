namespace DistTrain.Numerics;

/// <content>Matrix products, alone and with what a layer does before and after them.</content>
internal sealed unsafe partial class VectorKernels<V>
{
    public override void Multiply(ReadOnlyMatrix x, ReadOnlyMatrix w, Matrix z)
    {
        Shapes.RequireProduct(x.Rows, x.Columns, w.Rows, w.Columns, z.Rows, z.Columns);
        Product(x, w, z, null, default(NoEpilogue));
    }

    public override void Forward(
        ReadOnlyMatrix x, ReadOnlyMatrix w, ReadOnlySpan<float> bias, in LayerOutput output,
        NonzeroMap? nonzeros = null)
    {
        Matrix z = output.Logits;
        Shapes.RequireProduct(x.Rows, x.Columns, w.Rows, w.Columns, z.Rows, z.Columns);
        Shapes.RequireOutput(output);
        Shapes.Require(bias.Length == z.Columns, "a bias has one number an output");
        NonzeroMap? map = nonzeros is { IsWorthwhile: true } ? nonzeros : null;
        map?.Require(x);
        switch (output.Activation)
        {
            case ElementwiseActivation.Linear:
                Forward<LinearRule<V>>(x, w, bias, output, map);
                break;
            case ElementwiseActivation.Sigmoid:
                Forward<SigmoidRule<V>>(x, w, bias, output, map);
                break;
            case ElementwiseActivation.Tanh:
                Forward<TanhRule<V>>(x, w, bias, output, map);
                break;
            case ElementwiseActivation.Relu:
                Forward<ReluRule<V>>(x, w, bias, output, map);
                break;
            case ElementwiseActivation.LeakyRelu:
                Forward<LeakyReluRule<V>>(x, w, bias, output, map);
                break;
            case ElementwiseActivation.Gelu:
                Forward<GeluRule<V>>(x, w, bias, output, map);
                break;
            default: throw new ArgumentOutOfRangeException(nameof(output));
        }
    }

    public override void InputGradient(ReadOnlyMatrix dz, ReadOnlyMatrix w, Matrix dx)
    {
        Shapes.RequireProduct(dz.Rows, dz.Columns, w.Columns, w.Rows, dx.Rows, dx.Columns);
        TransposedProduct(dz, w, dx, default(NoEpilogue));
    }

    public override void InputGradient(
        ReadOnlyMatrix dz, ReadOnlyMatrix w, Matrix dx, in LayerOutput below)
    {
        Shapes.RequireProduct(dz.Rows, dz.Columns, w.Columns, w.Rows, dx.Rows, dx.Columns);
        Shapes.RequireOutput(below);
        Shapes.RequireSame(dx, below.Logits);
        switch (below.Activation)
        {
            case ElementwiseActivation.Linear:
                InputGradient<LinearRule<V>>(dz, w, dx, below);
                break;
            case ElementwiseActivation.Sigmoid:
                InputGradient<SigmoidRule<V>>(dz, w, dx, below);
                break;
            case ElementwiseActivation.Tanh:
                InputGradient<TanhRule<V>>(dz, w, dx, below);
                break;
            case ElementwiseActivation.Relu:
                InputGradient<ReluRule<V>>(dz, w, dx, below);
                break;
            case ElementwiseActivation.LeakyRelu:
                InputGradient<LeakyReluRule<V>>(dz, w, dx, below);
                break;
            case ElementwiseActivation.Gelu:
                InputGradient<GeluRule<V>>(dz, w, dx, below);
                break;
            default: throw new ArgumentOutOfRangeException(nameof(below));
        }
    }

    public override void WeightGradient(
        ReadOnlyMatrix x, ReadOnlyMatrix dz, Matrix dw, int microbatch,
        NonzeroMap? nonzeros = null)
    {
        Shapes.RequireProduct(x.Columns, x.Rows, dz.Rows, dz.Columns, dw.Rows, dw.Columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(microbatch, 1);
        bool skipsZeros = nonzeros is { IsWorthwhile: true };
        Span<float> scratch = Scratch(
            skipsZeros
                ? SparseGemm<V>.TreeScratchLength(x.Rows)
                : TreeGemm<V>.ScratchLength(x.Rows, dw.Rows, dw.Columns));
        var s = new Operands(
            x.Rows, microbatch, 1, x.RowStride, dz.RowStride, dw.RowStride);
        fixed (float* a = x.Data, b = dz.Data, c = dw.Data, stack = scratch)
        {
            if (skipsZeros)
            {
                NonzeroMap map = nonzeros!;
                map.Require(x);
                Shapes.Require(map.Microbatch == microbatch, "a map is made for a microbatch");
                SparseGemm<V>.MultiplyTransposed(dw.Rows, dw.Columns, s, map, a, b, c, stack);
            }
            else
            {
                TreeGemm<V>.Multiply(dw.Rows, dw.Columns, s, a, b, c, stack);
            }
        }
    }

    public override void BiasGradient(ReadOnlyMatrix dz, Span<float> db, int microbatch)
    {
        Shapes.Require(db.Length == dz.Columns, "the bias gradient has one number an output");
        ArgumentOutOfRangeException.ThrowIfLessThan(microbatch, 1);
        Span<float> scratch = Scratch(TreeGemm<V>.ScratchLength(dz.Rows, m: 1, dz.Columns));
        float one = 1;
        var s = new Operands(dz.Rows, microbatch, 0, 0, dz.RowStride, dz.Columns);
        fixed (float* b = dz.Data, c = db, stack = scratch)
        {
            TreeGemm<V>.Multiply(1, dz.Columns, s, &one, b, c, stack);
        }
    }

    public override void MapNonzeros(ReadOnlyMatrix x, NonzeroMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        map.Require(x);
        fixed (float* inputs = x.Data)
        {
            map.IsWorthwhile = NonzeroSearch.TryFill(map, x.Rows, inputs, x.RowStride);
        }
    }

    private void Forward<TRule>(
        ReadOnlyMatrix x, ReadOnlyMatrix w, ReadOnlySpan<float> bias, in LayerOutput output,
        NonzeroMap? map)
        where TRule : struct, IActivationRule<V>
    {
        fixed (float* b = bias, y = output.Activated.Data, factors = output.Factors.Data,
            dropped = output.Dropped.Data)
        {
            var epilogue = new ForwardEpilogue<V, TRule>
            {
                Bias = b,
                Activated = y,
                ActivatedStride = output.Activated.RowStride,
                Factors = output.HasDropout ? factors : null,
                FactorsStride = output.Factors.RowStride,
                Dropped = dropped,
                DroppedStride = output.Dropped.RowStride,
            };
            Product(x, w, output.Logits, map, epilogue);
        }
    }

    private void InputGradient<TRule>(
        ReadOnlyMatrix dz, ReadOnlyMatrix w, Matrix dx, in LayerOutput below)
        where TRule : struct, IActivationRule<V>
    {
        fixed (float* z = below.Logits.Data, y = below.Activated.Data,
            factors = below.Factors.Data)
        {
            var epilogue = new DerivativeEpilogue<V, TRule>
            {
                Logits = z,
                LogitsStride = below.Logits.RowStride,
                Activated = y,
                ActivatedStride = below.Activated.RowStride,
                Factors = below.HasDropout ? factors : null,
                FactorsStride = below.Factors.RowStride,
            };
            TransposedProduct(dz, w, dx, epilogue);
        }
    }

    private void Product<TEpilogue>(
        ReadOnlyMatrix x, ReadOnlyMatrix w, Matrix z, NonzeroMap? map, in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        Span<float> scratch = Scratch(
            map is null
                ? Gemm<V>.ScratchLength(z.Rows, z.Columns, x.Columns)
                : SparseGemm<V>.ScratchLength(x.Columns));
        var s = new Operands(
            x.Columns, x.Columns, x.RowStride, 1, w.RowStride, z.RowStride);
        fixed (float* a = x.Data, b = w.Data, c = z.Data, panel = scratch)
        {
            if (map is null)
            {
                Gemm<V>.Multiply(z.Rows, z.Columns, s, a, b, c, panel, epilogue);
            }
            else
            {
                SparseGemm<V>.Multiply(z.Rows, z.Columns, s, map, a, b, c, panel, epilogue);
            }
        }
    }

    private void TransposedProduct<TEpilogue>(
        ReadOnlyMatrix dz, ReadOnlyMatrix w, Matrix dx, in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        Span<float> scratch = Scratch(TransposedGemm<V>.ScratchLength(dz.Rows, dz.Columns));
        fixed (float* source = dz.Data, a = w.Data, c = dx.Data, buffers = scratch)
        {
            TransposedGemm<V>.Multiply(
                dx.Rows, dx.Columns, dz.Columns, source, dz.RowStride, a, w.RowStride,
                c, dx.RowStride, buffers, epilogue);
        }
    }
}
