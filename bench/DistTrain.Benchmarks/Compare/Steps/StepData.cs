using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>What is trained on: 60,000 samples of bytes, none or most of them zero.</summary>
internal static class StepData
{
    private const int Samples = 60_000;

    /// <summary>Bytes 1 … 255 and labels, all random: nothing that a kernel could skip.</summary>
    public static DataSplit Dense()
    {
        RandomStream stream = new(1, RandomPurpose.Initialization);
        byte[] bytes = new byte[Samples * Network.Features];
        for (int i = 0; i < bytes.Length; i += sizeof(uint))
        {
            uint word = stream.Word((uint)i);
            for (int j = 0; j < sizeof(uint); j++)
                bytes[i + j] = (byte)(1 + ((word >> (8 * j)) & 0xFF) * 255 / 256);
        }

        int[] labels = new int[Samples];
        for (int i = 0; i < Samples; i++)
            labels[i] = (int)(stream.Word((uint)i, 1) % Network.Classes);
        return SplitOf(new InMemoryDataset(
            "dense", bytes, labels, Network.Features, Network.Classes));
    }

    /// <summary>Null, and why, where it is not on this machine.</summary>
    public static DataSplit? TryMnist(DataFolders folders, out string? absence)
    {
        try
        {
            absence = null;
            return SplitOf(DataLoader.Open("mnist", folders).Training);
        }
        catch (DataException problem)
        {
            absence = problem.Message;
            return null;
        }
    }

    /// <summary>
    /// The mean share of features that are non-zero in any of so many samples side by side: the
    /// work that is left to a kernel that takes so many at once and skips zeros.
    /// </summary>
    public static double ShareOfFeatures(Dataset set, int samples)
    {
        int groups = set.Count / samples;
        long features = 0;
        bool[] isThere = new bool[set.Features];
        for (int group = 0; group < groups; group++)
        {
            Array.Clear(isThere);
            for (int sample = 0; sample < samples; sample++)
            {
                ReadOnlySpan<byte> bytes = set.ReadBytes((group * samples) + sample);
                for (int i = 0; i < bytes.Length; i++)
                    isThere[i] |= bytes[i] != 0;
            }

            features += isThere.Count(there => there);
        }

        return features / ((double)groups * set.Features);
    }

    private static DataSplit SplitOf(Dataset training) => new(
        training, Validation: null, Test: null,
        FeatureScaling.Fit(PixelScaling.Unit, training));
}
