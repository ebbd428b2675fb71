namespace DistTrain.Engine;

/// <summary>
/// The container of a <c>.dtm</c> file: named sections between a header and a checksum. All
/// numbers are little-endian.
/// <code>
/// offset  bytes
///      0      4  magic "DTM" and a zero byte
///      4      4  format version
///      8      8  length of the file
///     16      4  sections, n
///     20      4  zero
///     24   32·n  table: name (16 bytes of ASCII, zeros behind), offset (8), length (8)
///                the sections in the table's order, without gaps
///    −32     32  SHA-256 of everything before it
/// </code>
/// Determinism: what every future version must keep is the magic, the version and the checksum at
/// the end, so that a newer file is told from a damaged one.
/// </summary>
internal static class DtmLayout
{
    public const uint FormatVersion = 1;
    public const int VersionAt = 4;
    public const int LengthAt = 8;
    public const int SectionsAt = 16;
    public const int TableAt = 24;
    public const int EntryBytes = 32;
    public const int NameBytes = 16;
    public const int ChecksumBytes = 32;
    public const int MaxSections = 64;

    /// <summary>The shortest file: no section.</summary>
    public const int MinBytes = TableAt + ChecksumBytes;

    public static ReadOnlySpan<byte> Magic => "DTM\0"u8;
}
