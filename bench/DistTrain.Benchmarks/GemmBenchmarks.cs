using BenchmarkDotNet.Attributes;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks;

/// <summary>
/// The three products of a dense layer at the shapes of the shipped recipes, one thread. Each
/// operation is 2 · batch · inputs · outputs floating-point operations, so GFLOP/s is that divided
/// by the nanoseconds of the table.
/// </summary>
public class GemmBenchmarks
{
    private const int Microbatch = 16;

    private Kernels _kernels = null!;
    private AlignedBuffer<float> _x = null!, _w = null!, _z = null!;

    [ParamsSource(nameof(VectorIsas))]
    public Isa Isa { get; set; }

    public static IEnumerable<Isa> VectorIsas =>
        IsaSupport.Available.Where(isa => isa != Isa.Scalar);

    [ParamsSource(nameof(Shapes))]
    public LayerShape Shape { get; set; }

    public static IEnumerable<LayerShape> Shapes =>
    [
        new(128, 784, 10), new(128, 784, 100), new(128, 100, 10), new(32, 784, 128),
        new(32, 128, 32), new(64, 784, 1024), new(64, 1024, 128), new(128, 784, 500),
        new(128, 500, 500),
    ];

    [GlobalSetup]
    public void Setup()
    {
        _kernels = Kernels.For(Isa);
        _x = Numbers.Signed(Shape.Batch * Shape.Inputs);
        _w = Numbers.Signed(Shape.Inputs * Shape.Outputs);
        _z = Numbers.Signed(Shape.Batch * Shape.Outputs);
    }

    [Benchmark]
    public void Forward() => _kernels.Multiply(X, W, Z);

    [Benchmark]
    public void InputGradient() => _kernels.InputGradient(Z, W, X);

    [Benchmark]
    public void WeightGradient() => _kernels.WeightGradient(X, Z, W, Microbatch);

    private Matrix X => new(_x.Span, Shape.Batch, Shape.Inputs);

    private Matrix W => new(_w.Span, Shape.Inputs, Shape.Outputs);

    private Matrix Z => new(_z.Span, Shape.Batch, Shape.Outputs);
}

/// <summary>A dense layer and the samples that go through it at once.</summary>
public readonly record struct LayerShape(int Batch, int Inputs, int Outputs)
{
    public override string ToString() => $"{Batch}x{Inputs}x{Outputs}";
}
