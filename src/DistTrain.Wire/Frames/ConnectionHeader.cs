using System.Buffers.Binary;

namespace DistTrain.Wire;

/// <summary>
/// The first bytes of a connection, from both ends at once: four that no text protocol begins
/// with, the newest version spoken and the oldest (16 bits each, little-endian). Both speak the
/// newest that both know. What is here never changes, so that each end can say what the other is.
/// </summary>
internal static class ConnectionHeader
{
    public const int Bytes = 8;
    public const ushort Version = 1;
    public const ushort OldestVersion = 1;

    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'D', (byte)'T', (byte)'W'];

    public static byte[] Ours()
    {
        byte[] bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), OldestVersion);
        return bytes;
    }

    /// <returns>The version to speak.</returns>
    /// <exception cref="WireException">There is none, or the other end is another program.
    /// </exception>
    public static int Agree(ReadOnlySpan<byte> theirs)
    {
        if (!theirs.StartsWith(Magic))
        {
            throw new WireException(
                WireFault.OtherProgram, $"the other end is no DistTrain node: {Guess(theirs)}");
        }

        int newest = BinaryPrimitives.ReadUInt16LittleEndian(theirs[4..]);
        int oldest = BinaryPrimitives.ReadUInt16LittleEndian(theirs[6..]);
        int version = Math.Min(newest, Version);
        if (version < oldest || version < OldestVersion)
        {
            throw new WireException(
                WireFault.OtherVersion,
                $"the other node speaks the versions {oldest} to {newest} of DistTrain's wire, "
                + $"this one {OldestVersion} to {Version}; use the same DistTrain on both");
        }

        return version;
    }

    private static string Guess(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0x16, 0x03, ..] => "it speaks TLS; both need certificates, or none",
        [>= (byte)'A' and <= (byte)'Z', >= (byte)'A' and <= (byte)'Z', ..]
            => "it speaks text, perhaps HTTP; check the port",
        _ => $"it began with {Convert.ToHexStringLower(bytes)}; check the port",
    };
}
