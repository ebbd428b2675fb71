using System.Buffers.Binary;
using System.Security.Cryptography;

namespace DistTrain.Learning;

/// <summary>The hash that tells whether two runs ended on the same bits.</summary>
public static class ParameterHash
{
    /// <summary>
    /// SHA-256, in lower-case hex, over the parameters as little-endian binary32 in public order.
    /// </summary>
    public static string Sha256(ReadOnlySpan<float> parameters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[4096];
        while (!parameters.IsEmpty)
        {
            int count = Math.Min(parameters.Length, bytes.Length / sizeof(float));
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(
                    bytes[(i * sizeof(float))..], parameters[i]);
            }

            hash.AppendData(bytes[..(count * sizeof(float))]);
            parameters = parameters[count..];
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
