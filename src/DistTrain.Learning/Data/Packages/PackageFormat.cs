using System.Buffers.Binary;
using System.Text;

namespace DistTrain.Learning;

/// <summary>
/// The one encoding of the data of a run, as they are used: limits and split applied. All numbers
/// are little-endian.
///
///     "disttrain-package-1\n"                      20 bytes of ASCII: magic and version
///     bytes of the package                         int64
///     pixel scaling, fitted on bytes, means        int32 each: kind 0 unit, 1 binary, 2 standard;
///                                                  0 or 1; how many
///     means, then as many deviations               binary32
///     three sets: training, validation, test       each begins with int32: 0 absent, 1 present
///
/// A set that is present goes on with
///
///     length of the name, the name                 int32, UTF-8
///     count, features, classes, rows, columns      int32 each; rows and columns are 0 without an
///                                                  image shape
///     kind                                         int32: 1 bytes, 2 binary32
///     values of sample 0, sample 1, …              bytes or binary32
///     label of sample 0, sample 1, …               int32 each
///
/// Training and validation samples often are parts of one file: they are written as two sets.
/// </summary>
internal static class PackageFormat
{
    public const int KindBytes = 1;
    public const int KindFloats = 2;

    public static ReadOnlySpan<byte> Magic => "disttrain-package-1\n"u8;

    /// <summary>All before the sets.</summary>
    /// <param name="scaling">Fitted on the training samples.</param>
    /// <param name="setBytes">Bytes of all sets.</param>
    public static byte[] Prefix(FeatureScalingState scaling, long setBytes)
    {
        int numbers = scaling.Mean.Length + scaling.Deviation.Length;
        int length = Magic.Length + sizeof(long) + (sizeof(int) * (3 + numbers));
        byte[] prefix = new byte[length];
        Magic.CopyTo(prefix);
        Span<byte> rest = prefix.AsSpan(Magic.Length);
        BinaryPrimitives.WriteInt64LittleEndian(rest, length + setBytes);
        rest = rest[sizeof(long)..];
        rest = Write(
            rest, [(int)scaling.Kind, scaling.ForBytes ? 1 : 0, scaling.Mean.Length]);
        rest = Write(rest, [.. scaling.Mean.Select(BitConverter.SingleToInt32Bits)]);
        Write(rest, [.. scaling.Deviation.Select(BitConverter.SingleToInt32Bits)]);
        return prefix;
    }

    /// <summary>All of a set before its values.</summary>
    /// <exception cref="DataException">The name is too long.</exception>
    public static byte[] SetHead(Dataset? set)
    {
        if (set is null)
        {
            return new byte[sizeof(int)];
        }

        byte[] name = Encoding.UTF8.GetBytes(set.Name);
        if (name.Length > PackageLimits.NameBytes)
        {
            throw new DataException(
                $"{set.Name}: the name of the data is longer than {PackageLimits.NameBytes} " +
                "bytes. Rename the file or folder.");
        }

        byte[] head = new byte[(8 * sizeof(int)) + name.Length];
        Span<byte> rest = Write(head, [1, name.Length]);
        name.CopyTo(rest);
        (int rows, int columns) = set.ImageShape ?? (0, 0);
        Write(
            rest[name.Length..],
            [set.Count, set.Features, set.Classes, rows, columns,
             set.IsBytes ? KindBytes : KindFloats]);
        return head;
    }

    /// <returns>What is left of the destination.</returns>
    private static Span<byte> Write(
        Span<byte> destination, scoped ReadOnlySpan<int> numbers)
    {
        foreach (int number in numbers)
        {
            BinaryPrimitives.WriteInt32LittleEndian(destination, number);
            destination = destination[sizeof(int)..];
        }

        return destination;
    }
}
