using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>Copying a block by whole vectors, one thread; reads and writes both count.</summary>
internal static class CopyBandwidth
{
    private const int Repetitions = 15;

    /// <summary>Median GB/s of copying so many megabytes (2²⁰ bytes).</summary>
    public static double Measure(int megabytes)
    {
        int length = megabytes << 18;
        AlignedBuffer<float> from = new(length), to = new(length);
        from.Span.Fill(1);
        Copy(from.Span, to.Span);
        double[] rates = new double[Repetitions];
        for (int i = 0; i < Repetitions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Copy(from.Span, to.Span);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            rates[i] = 2.0 * length * sizeof(float) / seconds / 1e9;
        }

        return Median.Of(rates);
    }

    private static void Copy(ReadOnlySpan<float> from, Span<float> to)
    {
        ref float source = ref MemoryMarshal.GetReference(from);
        ref float target = ref MemoryMarshal.GetReference(to);
        for (nuint i = 0; i < (nuint)from.Length; i += (nuint)Vector512<float>.Count)
            Vector512.LoadUnsafe(ref source, i).StoreUnsafe(ref target, i);
    }
}
