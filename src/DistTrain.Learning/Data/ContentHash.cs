using System.Buffers.Binary;
using System.Security.Cryptography;

namespace DistTrain.Learning;

/// <summary>
/// The identity of a data set: SHA-256 over one canonical encoding, whatever class holds the data,
/// so that a slice and a copy of it have the same hash.
///
///     "disttrain-dataset-1\n"                                 20 bytes of ASCII
///     count, features, classes, rows, columns, kind           int32 each; rows and columns are 0
///                                                             without an image shape;
///                                                             kind 1 bytes, 2 binary32
///     values of sample 0, sample 1, …                         bytes or binary32
///     label of sample 0, sample 1, …                          int32 each
///
/// Numbers are little-endian. The name is not part of it.
/// </summary>
internal static class ContentHash
{
    private const int KindBytes = 1;
    private const int KindFloats = 2;

    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Of(Dataset set)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("disttrain-dataset-1\n"u8);
        (int rows, int columns) = set.ImageShape ?? (0, 0);
        AppendInts(hash,
            [set.Count, set.Features, set.Classes, rows, columns,
             set.IsBytes ? KindBytes : KindFloats]);
        if (set.IsBytes)
        {
            for (int i = 0; i < set.Count; i++)
            {
                hash.AppendData(set.ReadBytes(i));
            }
        }
        else
        {
            AppendFloats(hash, set);
        }

        int[] labels = new int[set.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = set.Label(i);
        }

        AppendInts(hash, labels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendFloats(IncrementalHash hash, Dataset set)
    {
        float[] sample = new float[set.Features];
        byte[] encoded = new byte[sizeof(float) * set.Features];
        for (int i = 0; i < set.Count; i++)
        {
            set.ReadFloats(i, sample);
            for (int j = 0; j < sample.Length; j++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(
                    encoded.AsSpan(sizeof(float) * j), sample[j]);
            }

            hash.AppendData(encoded);
        }
    }

    private static void AppendInts(IncrementalHash hash, ReadOnlySpan<int> values)
    {
        byte[] encoded = new byte[sizeof(int) * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(
                encoded.AsSpan(sizeof(int) * i), values[i]);
        }

        hash.AppendData(encoded);
    }
}
