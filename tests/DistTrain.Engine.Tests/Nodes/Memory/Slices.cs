using System.Runtime.InteropServices;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tests;

/// <summary>Two small slices, and messages of theirs.</summary>
internal static class Slices
{
    public static readonly RunId Run = new(Guid.Empty);
    public static readonly Generation G1 = new(1);
    public static readonly BatchMetrics Metrics = new(1.5, 3, 4);

    /// <summary>The second begins at a block of its own, as all do.</summary>
    public static readonly IReadOnlyList<ParameterInterval> Intervals =
        ParameterInterval.Cut(ParameterInterval.Block + 10, 2);

    public static Contribution Push(long step, int start = 0, int end = 1, int generation = 1) =>
        new(Run, step, new TreeNode(start, end), new WorkerId(0), default,
            new Basis(new Generation(generation), step));

    public static TensorDescription Tensor(
        int elements, TensorEncoding encoding = TensorEncoding.Binary32, byte[]? note = null) =>
        new(encoding, elements * encoding.ElementBytes(), 1, note ?? MetricsNote.Of(Metrics));

    public static ParametersPublished Part(int slice, long version, int generation = 1) =>
        new(Run, new Generation(generation), new SliceId(slice), version, default, null);

    public static Span<float> Floats(Memory<byte> bytes) =>
        MemoryMarshal.Cast<byte, float>(bytes.Span);

    public static float[] Floats(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.Cast<byte, float>(bytes.Span).ToArray();
}
