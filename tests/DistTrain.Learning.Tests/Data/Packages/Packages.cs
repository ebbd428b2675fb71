using System.Security.Cryptography;

namespace DistTrain.Learning.Tests;

/// <summary>Small data and their packages.</summary>
internal static class Packages
{
    /// <summary>Images of 2 × 3: 7 to train on and 3 to validate of one set, 4 to test.</summary>
    public static DataSplit Images(int seed = 1, PixelScaling pixels = PixelScaling.Unit)
    {
        var random = new Random(seed);
        InMemoryDataset whole = ImageSet(random, 11);
        var training = new DatasetSlice(whole, 0, 7);
        return new DataSplit(
            training, new DatasetSlice(whole, 7, 3), new DatasetSlice(ImageSet(random, 5), 0, 4),
            FeatureScaling.Fit(pixels, training));
    }

    /// <summary>Numbers, standardised, without a validation set.</summary>
    public static DataSplit Numbers(int seed = 1)
    {
        InMemoryDataset training = Tasks.RandomSet(seed, 40, 5, 3);
        return new DataSplit(
            training, null, Tasks.RandomSet(seed + 1, 6, 5, 3),
            FeatureScaling.Fit(PixelScaling.Standard, training));
    }

    /// <summary>A package of so many bytes and a few more.</summary>
    public static DataPackage OfBytes(int bytes, int seed = 1)
    {
        byte[] values = new byte[bytes];
        new Random(seed).NextBytes(values);
        var set = new InMemoryDataset("large", values, [0, 1, 0, 1], bytes / 4, 2);
        return new DataPackage(
            new DataSplit(set, null, null, FeatureScaling.Fit(PixelScaling.Unit, set)));
    }

    public static byte[] BytesOf(IPackageSource source)
    {
        byte[] bytes = new byte[source.Bytes];
        source.Read(0, bytes);
        return bytes;
    }

    public static string Sha256(byte[] bytes) =>
        Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static void ShouldHold(this DataSplit? actual, DataSplit expected)
    {
        actual.ShouldNotBeNull();
        actual.Training.ContentSha256.ShouldBe(expected.Training.ContentSha256);
        actual.Validation?.ContentSha256.ShouldBe(expected.Validation?.ContentSha256);
        actual.Test?.ContentSha256.ShouldBe(expected.Test?.ContentSha256);
        (actual.Validation is null).ShouldBe(expected.Validation is null);
        (actual.Test is null).ShouldBe(expected.Test is null);
        actual.Training.Name.ShouldBe(expected.Training.Name);
        FeatureScalingState scaling = actual.Scaling.ToState();
        FeatureScalingState expectedScaling = expected.Scaling.ToState();
        (scaling.Kind, scaling.ForBytes).ShouldBe(
            (expectedScaling.Kind, expectedScaling.ForBytes));
        scaling.Mean.ShouldHaveTheBitsOf(expectedScaling.Mean, "mean");
        scaling.Deviation.ShouldHaveTheBitsOf(expectedScaling.Deviation, "deviation");
    }

    private static InMemoryDataset ImageSet(Random random, int count)
    {
        byte[] values = new byte[count * 6];
        random.NextBytes(values);
        int[] labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(4))];
        return new InMemoryDataset("images", values, labels, 6, 4, (2, 3));
    }
}

/// <summary>Bytes as somebody may have sent them.</summary>
internal sealed class ArraySource(byte[] bytes) : IPackageSource
{
    public long Bytes => bytes.Length;

    public void Read(long offset, Span<byte> destination) =>
        bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
}
