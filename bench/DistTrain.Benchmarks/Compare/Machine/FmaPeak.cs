using System.Diagnostics;
using System.Runtime.Intrinsics;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// The rate of fused multiply-adds of one core: twelve chains that do not wait for each other, on
/// the widest vectors of the machine, nothing loaded or stored.
/// </summary>
internal static class FmaPeak
{
    private const int Chains = 12;

    /// <summary>Numbers in the widest vector that the kernels may use.</summary>
    public static int Lanes { get; } = IsaSupport.Best switch
    {
        Isa.Avx512 => 16,
        Isa.Avx2 => 8,
        _ => 4,
    };

    /// <summary>GFLOP/s over so many rounds of all chains; 1,000,000 take about 1.5 ms.</summary>
    public static double Rate(int rounds)
    {
        long start = Stopwatch.GetTimestamp();
        float sum = Lanes switch
        {
            16 => Run<Fma512, Vector512<float>>(rounds),
            8 => Run<Fma256, Vector256<float>>(rounds),
            _ => Run<Fma128, Vector128<float>>(rounds),
        };
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        // Each chain tends to 1; the check keeps the loop from being dropped as useless.
        return float.IsFinite(sum) ? 2.0 * Chains * Lanes * rounds / seconds / 1e9 : 0;
    }

    private static float Run<TFma, TVector>(int rounds)
        where TFma : IFma<TVector>
    {
        TVector factor = TFma.Spread(0.999f), term = TFma.Spread(1e-3f);
        TVector a = TFma.Spread(0.1f), b = TFma.Spread(0.2f), c = TFma.Spread(0.3f);
        TVector d = TFma.Spread(0.4f), e = TFma.Spread(0.5f), f = TFma.Spread(0.6f);
        TVector g = TFma.Spread(0.7f), h = TFma.Spread(0.8f), i = TFma.Spread(0.9f);
        TVector j = TFma.Spread(1.1f), k = TFma.Spread(1.2f), l = TFma.Spread(1.3f);
        for (int round = 0; round < rounds; round++)
        {
            a = TFma.MultiplyAdd(a, factor, term);
            b = TFma.MultiplyAdd(b, factor, term);
            c = TFma.MultiplyAdd(c, factor, term);
            d = TFma.MultiplyAdd(d, factor, term);
            e = TFma.MultiplyAdd(e, factor, term);
            f = TFma.MultiplyAdd(f, factor, term);
            g = TFma.MultiplyAdd(g, factor, term);
            h = TFma.MultiplyAdd(h, factor, term);
            i = TFma.MultiplyAdd(i, factor, term);
            j = TFma.MultiplyAdd(j, factor, term);
            k = TFma.MultiplyAdd(k, factor, term);
            l = TFma.MultiplyAdd(l, factor, term);
        }

        return TFma.First(a) + TFma.First(b) + TFma.First(c) + TFma.First(d) + TFma.First(e)
            + TFma.First(f) + TFma.First(g) + TFma.First(h) + TFma.First(i) + TFma.First(j)
            + TFma.First(k) + TFma.First(l);
    }

    private interface IFma<TVector>
    {
        static abstract TVector Spread(float value);

        static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

        static abstract float First(TVector vector);
    }

    private readonly struct Fma512 : IFma<Vector512<float>>
    {
        public static Vector512<float> Spread(float value) => Vector512.Create(value);

        public static Vector512<float> MultiplyAdd(
            Vector512<float> left, Vector512<float> right, Vector512<float> addend) =>
            Vector512.FusedMultiplyAdd(left, right, addend);

        public static float First(Vector512<float> vector) => vector.ToScalar();
    }

    private readonly struct Fma256 : IFma<Vector256<float>>
    {
        public static Vector256<float> Spread(float value) => Vector256.Create(value);

        public static Vector256<float> MultiplyAdd(
            Vector256<float> left, Vector256<float> right, Vector256<float> addend) =>
            Vector256.FusedMultiplyAdd(left, right, addend);

        public static float First(Vector256<float> vector) => vector.ToScalar();
    }

    private readonly struct Fma128 : IFma<Vector128<float>>
    {
        public static Vector128<float> Spread(float value) => Vector128.Create(value);

        public static Vector128<float> MultiplyAdd(
            Vector128<float> left, Vector128<float> right, Vector128<float> addend) =>
            Vector128.FusedMultiplyAdd(left, right, addend);

        public static float First(Vector128<float> vector) => vector.ToScalar();
    }
}
