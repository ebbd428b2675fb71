namespace DistTrain.Learning;

/// <summary>What reader and writer share of PNG (W3C PNG specification, second edition).</summary>
internal static class PngFormat
{
    public const int ChunkOverheadBytes = 12;

    private static readonly uint[] CrcTable = MakeCrcTable();

    public static ReadOnlySpan<byte> Signature =>
        [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>CRC-32 of a chunk's type and data (section 5.5, annex D).</summary>
    public static uint Crc(ReadOnlySpan<byte> typeAndData)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in typeAndData)
        {
            crc = CrcTable[(crc ^ value) & 0xFF] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        const uint Polynomial = 0xEDB88320;
        uint[] table = new uint[256];
        for (uint n = 0; n < table.Length; n++)
        {
            uint crc = n;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? Polynomial ^ (crc >> 1) : crc >> 1;
            }

            table[n] = crc;
        }

        return table;
    }
}
