using BenchmarkDotNet.Attributes;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks;

/// <summary>Elementary functions over 4,096 numbers that stay in L1, one thread.</summary>
public class ElementaryBenchmarks
{
    private const int Length = 4096;

    private AlignedBuffer<float> _x = null!, _y = null!;

    [GlobalSetup]
    public void Setup()
    {
        _x = Numbers.Signed(Length);
        _y = new AlignedBuffer<float>(Length);
    }

    [Benchmark]
    public void Exp512() => Exp<Lanes512>();

    [Benchmark]
    public void Exp256() => Exp<Lanes256>();

    [Benchmark]
    public void Exp128() => Exp<Lanes128>();

    [Benchmark]
    public void Tanh512() => Tanh<Lanes512>();

    [Benchmark]
    public void Tanh256() => Tanh<Lanes256>();

    [Benchmark]
    public void Tanh128() => Tanh<Lanes128>();

    private unsafe void Exp<V>()
        where V : struct, ILanes<V>
    {
        fixed (float* x = _x.Span, y = _y.Span)
        {
            for (int i = 0; i < Length; i += V.Count)
                V.Store(y + i, Elementary.Exp(V.Load(x + i)));
        }
    }

    private unsafe void Tanh<V>()
        where V : struct, ILanes<V>
    {
        fixed (float* x = _x.Span, y = _y.Span)
        {
            for (int i = 0; i < Length; i += V.Count)
                V.Store(y + i, Elementary.Tanh(V.Load(x + i)));
        }
    }
}
