using BenchmarkDotNet.Attributes;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks;

/// <summary>Activations at the end of a (128, 500) product, and Adam over 104,938 parameters, one
/// thread.</summary>
public class ElementwiseBenchmarks
{
    private const int Samples = 128, Units = 500, Parameters = 104_938;

    private Kernels _kernels = null!;
    private AlignedBuffer<float> _x = null!, _w = null!, _z = null!, _y = null!, _bias = null!;
    private AlignedBuffer<float> _root = null!, _before = null!, _after = null!;
    private AlignedBuffer<float> _first = null!, _second = null!;

    [ParamsSource(nameof(VectorIsas))]
    public Isa Isa { get; set; }

    public static IEnumerable<Isa> VectorIsas =>
        IsaSupport.Available.Where(isa => isa != Isa.Scalar);

    [GlobalSetup]
    public void Setup()
    {
        _kernels = Kernels.For(Isa);
        _x = Numbers.Signed(Samples);
        _w = Numbers.Signed(Units);
        _z = Numbers.Signed(Samples * Units);
        _y = new AlignedBuffer<float>(Samples * Units);
        _bias = new AlignedBuffer<float>(Units);
        _root = Numbers.Signed(Parameters);
        _before = Numbers.Signed(Parameters);
        _after = new AlignedBuffer<float>(Parameters);
        _first = new AlignedBuffer<float>(Parameters);
        _second = new AlignedBuffer<float>(Parameters);
    }

    [Benchmark]
    [Arguments(ElementwiseActivation.Sigmoid)]
    [Arguments(ElementwiseActivation.Tanh)]
    [Arguments(ElementwiseActivation.Relu)]
    [Arguments(ElementwiseActivation.Gelu)]
    public void Activate(ElementwiseActivation activation)
    {
        LayerOutput output = new()
        {
            Activation = activation,
            Logits = Z,
            Activated = new Matrix(_y.Span, Samples, Units),
        };

        // Sums of one term: what is left to measure is the end of the product.
        _kernels.Forward(
            new ReadOnlyMatrix(_x.Span, Samples, 1), new ReadOnlyMatrix(_w.Span, 1, Units),
            _bias.Span, output);
    }

    [Benchmark]
    public void Softmax() => _kernels.Softmax(Z, new Matrix(_y.Span, Samples, Units));

    [Benchmark]
    public float Adam() => _kernels.Update(
        _root.Span, _before.Span, _after.Span, new OptimizerMoments(_first.Span, _second.Span),
        new UpdateStep(
            UpdateRule.Adam, Scale: 1 / 128f, ClipFactor: 1, L2: 0, Decay: 1, Rate: 1e-3f,
            Beta1: 0.9f, Beta2: 0.999f, OneMinusBeta1: 0.1f, OneMinusBeta2: 0.001f,
            RootCorrection: 1, Epsilon: 1e-8f));

    private Matrix Z => new(_z.Span, Samples, Units);
}
