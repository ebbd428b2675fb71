using System.Buffers.Binary;

namespace DistTrain.Cli.Tests;

/// <summary>A small data set in the format of MNIST's files: 4 x 4 pixels, 3 classes.</summary>
internal static class IdxSamples
{
    public const int Side = 4;
    public const int Classes = 3;

    /// <summary>Files to train and to test, samples of each.</summary>
    public static void Write(string folder, int samples)
    {
        Directory.CreateDirectory(folder);
        foreach (string part in (string[])["train", "t10k"])
        {
            WriteImages(Path.Combine(folder, part + "-images-idx3-ubyte"), samples);
            WriteLabels(Path.Combine(folder, part + "-labels-idx1-ubyte"), samples);
        }
    }

    public static void WriteLabels(string path, int samples)
    {
        var bytes = new byte[8 + samples];
        WriteHeader(bytes, 2049, samples);
        for (int i = 0; i < samples; i++)
        {
            bytes[8 + i] = (byte)(i % Classes);
        }
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Row c of an image of class c is bright.</summary>
    public static byte[] Image(int label)
    {
        var pixels = new byte[Side * Side];
        pixels.AsSpan(label * Side, Side).Fill(200);
        return pixels;
    }

    private static void WriteImages(string path, int samples)
    {
        var bytes = new byte[16 + (samples * Side * Side)];
        WriteHeader(bytes, 2051, samples, Side, Side);
        for (int i = 0; i < samples; i++)
        {
            Image(i % Classes).CopyTo(bytes, 16 + (i * Side * Side));
        }
        File.WriteAllBytes(path, bytes);
    }

    private static void WriteHeader(byte[] bytes, params int[] numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        }
    }
}
