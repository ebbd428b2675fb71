using System.Buffers.Binary;
using DistTrain.Benchmarks.Compare;
using DistTrain.Learning;

namespace DistTrain.Benchmarks.Clusters;

/// <summary>The dense samples of the comparison as a folder of IDX files, for a program that reads
/// files.</summary>
internal static class DenseFiles
{
    private const int TestSamples = 100, Side = 28;
    private const int ImageMagic = 0x803, LabelMagic = 0x801;

    public static void Write(string folder)
    {
        Dataset set = StepData.Dense().Training;
        Write(set, set.Count, folder, "train");
        Write(set, TestSamples, folder, "t10k");
    }

    private static void Write(Dataset set, int count, string folder, string prefix)
    {
        using FileStream images = File.Create(
            Path.Combine(folder, $"{prefix}-images-idx3-ubyte"));
        WriteInts(images, ImageMagic, count, Side, Side);
        for (int i = 0; i < count; i++)
            images.Write(set.ReadBytes(i));
        using FileStream labels = File.Create(
            Path.Combine(folder, $"{prefix}-labels-idx1-ubyte"));
        WriteInts(labels, LabelMagic, count);
        for (int i = 0; i < count; i++)
            labels.WriteByte((byte)set.Label(i));
    }

    private static void WriteInts(FileStream file, params int[] values)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        foreach (int value in values)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes, value);
            file.Write(bytes);
        }
    }
}
