namespace DistTrain.Benchmarks.Compare;

/// <summary>Which of a layer's three products.</summary>
internal enum Product
{
    /// <summary>Z = X · W</summary>
    Forward,

    /// <summary>dW = Xᵀ · dZ</summary>
    WeightGradient,

    /// <summary>dX = dZ · Wᵀ</summary>
    InputGradient,
}

/// <summary>A product with an (m, n) result and sums of k terms, as BLAS counts.</summary>
internal readonly record struct GemmShape(Product Product, int M, int N, int K)
{
    /// <summary>The layers of the compared networks, and two large ones.</summary>
    public static IReadOnlyList<GemmShape> All { get; } =
    [
        new(Product.Forward, 128, 100, 784),
        new(Product.WeightGradient, 784, 100, 128),
        new(Product.Forward, 128, 10, 100),
        new(Product.Forward, 32, 128, 784),
        new(Product.WeightGradient, 784, 128, 32),
        new(Product.Forward, 64, 1024, 784),
        new(Product.WeightGradient, 784, 1024, 64),
        new(Product.Forward, 64, 128, 1024),
        new(Product.InputGradient, 64, 1024, 128),
        new(Product.Forward, 128, 500, 784),
        new(Product.WeightGradient, 784, 500, 128),
        new(Product.Forward, 128, 500, 500),
        new(Product.InputGradient, 128, 500, 500),
        new(Product.Forward, 512, 1024, 784),
        new(Product.Forward, 1024, 1024, 1024),
    ];

    public double Flops => 2.0 * M * N * K;

    public string Name => Product switch
    {
        Product.Forward => "forward",
        Product.WeightGradient => "dW",
        _ => "dX",
    };
}
