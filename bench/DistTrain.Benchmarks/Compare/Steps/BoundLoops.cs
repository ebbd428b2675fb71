using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>
/// The passes of a step that are not matrix products, in their barest form: what no training step
/// can do without. Microseconds each, one thread.
/// </summary>
internal static class BoundLoops
{
    private const double SampleSeconds = 0.01;

    /// <summary>Adam over so many parameters, all four arrays in place.</summary>
    public static double Adam(int parameters)
    {
        int length = (parameters + 15) / 16 * 16;
        AlignedBuffer<float> w = Numbers.Signed(length), g = Numbers.Signed(length);
        AlignedBuffer<float> m = Numbers.Signed(length), v = new(length);
        return Time(() => Adam(w.Span, g.Span, m.Span, v.Span));
    }

    /// <summary>Rows of bytes to rows of numbers. In order: the machine fetches the next rows
    /// ahead, as training can, which knows the next batch.</summary>
    public static double Gather(Dataset set, int samples)
    {
        int row = 0;
        AlignedBuffer<float> batch = new(samples * set.Features);
        return Time(() =>
        {
            for (int i = 0; i < samples; i++)
            {
                row = (row + 1) % set.Count;
                Widen(set.ReadBytes(row), batch.Span.Slice(i * set.Features, set.Features));
            }
        });
    }

    /// <summary>Bias and activation of all hidden layers, by our kernels: layers that have units
    /// and no inputs.</summary>
    public static double Activations(Network network)
    {
        Kernels kernels = Kernels.For(IsaSupport.Best);
        (ElementwiseActivation, AlignedBuffer<float> Outputs, AlignedBuffer<float> Bias)[] layers =
        [
            .. network.Layers.SkipLast(1).Select(layer => (
                Enum.Parse<ElementwiseActivation>($"{layer.Activation}"),
                Numbers.Signed(network.BatchSize * layer.Units), Numbers.Signed(layer.Units))),
        ];
        return Time(() =>
        {
            foreach ((ElementwiseActivation f, AlignedBuffer<float> outputs,
                AlignedBuffer<float> bias) in layers)
            {
                Matrix z = new(outputs.Span, network.BatchSize, bias.Length);
                kernels.Forward(
                    new ReadOnlyMatrix([], z.Rows, 0), new ReadOnlyMatrix([], 0, z.Columns),
                    bias.Span,
                    new LayerOutput
                    {
                        Activation = f,
                        Logits = z,
                        Activated = z,
                    });
            }
        });
    }

    private static double Time(Action pass)
    {
        pass();
        long start = Stopwatch.GetTimestamp();
        int times = 0;
        TimeSpan spent;
        do
        {
            pass();
            times++;
            spent = Stopwatch.GetElapsedTime(start);
        }
        while (spent.TotalSeconds < SampleSeconds);
        return spent.TotalMicroseconds / times;
    }

    private static void Adam(Span<float> w, Span<float> g, Span<float> m, Span<float> v)
    {
        Vector512<float> beta1 = Vector512.Create(0.9f), rest1 = Vector512.Create(0.1f);
        Vector512<float> beta2 = Vector512.Create(0.999f), rest2 = Vector512.Create(0.001f);
        Vector512<float> epsilon = Vector512.Create(1e-8f), rate = Vector512.Create(-1e-6f);
        ref float pw = ref MemoryMarshal.GetReference(w), pg = ref MemoryMarshal.GetReference(g);
        ref float pm = ref MemoryMarshal.GetReference(m), pv = ref MemoryMarshal.GetReference(v);
        for (nuint i = 0; i < (nuint)w.Length; i += 16)
        {
            Vector512<float> gradient = Vector512.LoadUnsafe(ref pg, i);
            Vector512<float> first = Vector512.FusedMultiplyAdd(
                rest1, gradient, beta1 * Vector512.LoadUnsafe(ref pm, i));
            Vector512<float> second = Vector512.FusedMultiplyAdd(
                rest2 * gradient, gradient, beta2 * Vector512.LoadUnsafe(ref pv, i));
            first.StoreUnsafe(ref pm, i);
            second.StoreUnsafe(ref pv, i);
            Vector512<float> change = first / (Vector512.Sqrt(second) + epsilon);
            Vector512.FusedMultiplyAdd(rate, change, Vector512.LoadUnsafe(ref pw, i))
                .StoreUnsafe(ref pw, i);
        }
    }

    private static void Widen(ReadOnlySpan<byte> bytes, Span<float> numbers)
    {
        ref byte from = ref MemoryMarshal.GetReference(bytes);
        ref float to = ref MemoryMarshal.GetReference(numbers);
        Vector512<float> unit = Vector512.Create(1 / 255f);
        for (nuint i = 0; i < (nuint)bytes.Length; i += 16)
        {
            Vector512<byte> bytes16 = Vector128.LoadUnsafe(ref from, i)
                .ToVector256Unsafe().ToVector512Unsafe();
            Vector512<int> wide = Vector512.WidenLower(Vector512.WidenLower(bytes16)).AsInt32();
            (Vector512.ConvertToSingle(wide) * unit).StoreUnsafe(ref to, i);
        }
    }
}
