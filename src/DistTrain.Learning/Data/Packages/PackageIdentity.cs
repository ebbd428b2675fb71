using System.Security.Cryptography;

namespace DistTrain.Learning;

/// <summary>What tells one data package from all others.</summary>
/// <param name="Sha256">Of its bytes: 64 lower-case hexadecimal digits.</param>
/// <param name="Bytes">Their number.</param>
public readonly record struct PackageIdentity(string Sha256, long Bytes)
{
    /// <summary>Reads the package from end to end.</summary>
    public static PackageIdentity Of(IPackageSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[Math.Min(source.Bytes, PackageLimits.BlockBytes)];
        for (long offset = 0; offset < source.Bytes; offset += block.Length)
        {
            Span<byte> next = block.AsSpan(0, (int)Math.Min(block.Length, source.Bytes - offset));
            source.Read(offset, next);
            hash.AppendData(next);
        }

        return new PackageIdentity(
            Convert.ToHexStringLower(hash.GetHashAndReset()), source.Bytes);
    }

    /// <summary>A hash becomes a part of file names: it is nothing but a hash.</summary>
    /// <exception cref="ArgumentException">Not 64 lower-case hexadecimal digits.</exception>
    internal static void RequireSha256(string sha256)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        if (sha256.Length != 2 * SHA256.HashSizeInBytes || !sha256.All(char.IsAsciiHexDigitLower))
        {
            throw new ArgumentException("not a SHA-256 in lower-case digits", nameof(sha256));
        }
    }
}
