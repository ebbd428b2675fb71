using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// One of our products on operands as training has them: rows of a batch begin on a cache line,
/// weights and their gradient lie in public order without gaps.
/// </summary>
internal sealed class OurGemm(GemmShape shape, Kernels kernels)
{
    private const int Microbatch = 16;
    private const int LineNumbers = 16, ConflictNumbers = 512;

    private readonly Block _a = shape.Product == Product.WeightGradient
        ? Block.OfBatch(shape.K, shape.M)
        : Block.OfBatch(shape.M, shape.K);

    private readonly Block _b = shape.Product switch
    {
        Product.Forward => Block.OfWeights(shape.K, shape.N),
        Product.WeightGradient => Block.OfBatch(shape.K, shape.N),
        _ => Block.OfWeights(shape.N, shape.K),
    };

    private readonly Block _c = shape.Product == Product.WeightGradient
        ? Block.OfWeights(shape.M, shape.N)
        : Block.OfBatch(shape.M, shape.N);

    public void Multiply()
    {
        switch (shape.Product)
        {
            case Product.Forward:
                kernels.Multiply(_a.Matrix, _b.Matrix, _c.Matrix);
                break;
            case Product.WeightGradient:
                kernels.WeightGradient(_a.Matrix, _b.Matrix, _c.Matrix, Microbatch);
                break;
            default:
                kernels.InputGradient(_a.Matrix, _b.Matrix, _c.Matrix);
                break;
        }
    }

    /// <summary>Numbers between the starts of two rows of a batch: whole cache lines, and an odd
    /// number of them where rows would else fall on the same sets of the cache.</summary>
    private static int StrideOf(int columns)
    {
        int stride = (columns + LineNumbers - 1) / LineNumbers * LineNumbers;
        return stride % ConflictNumbers == 0 ? stride + LineNumbers : stride;
    }

    private sealed class Block(int rows, int columns, int stride)
    {
        private readonly AlignedBuffer<float> _numbers = Numbers.Signed(rows * stride);

        public Matrix Matrix => new(_numbers.Span, rows, columns, stride);

        public static Block OfBatch(int rows, int columns) =>
            new(rows, columns, StrideOf(columns));

        public static Block OfWeights(int rows, int columns) => new(rows, columns, columns);
    }
}
