using System.Buffers.Binary;
using System.Text;

namespace DistTrain.Engine;

/// <summary>Writes the container that <see cref="DtmLayout"/> describes.</summary>
internal static class DtmWriter
{
    public static void Write(Stream stream, IReadOnlyList<DtmSection> sections)
    {
        using var hashing = new HashingStream(stream);
        hashing.Write(Header(sections));
        foreach (DtmSection section in sections)
        {
            section.WriteTo(hashing);
        }

        stream.Write(hashing.Sha256());
    }

    private static byte[] Header(IReadOnlyList<DtmSection> sections)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sections.Count, DtmLayout.MaxSections);
        byte[] header = new byte[DtmLayout.TableAt + (sections.Count * DtmLayout.EntryBytes)];
        long fileLength = header.Length + sections.Sum(section => section.LengthBytes)
            + DtmLayout.ChecksumBytes;
        DtmLayout.Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(
            header.AsSpan(DtmLayout.VersionAt), DtmLayout.FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(DtmLayout.LengthAt), fileLength);
        BinaryPrimitives.WriteInt32LittleEndian(
            header.AsSpan(DtmLayout.SectionsAt), sections.Count);
        long offset = header.Length;
        for (int i = 0; i < sections.Count; i++)
        {
            Span<byte> entry = header.AsSpan(
                DtmLayout.TableAt + (i * DtmLayout.EntryBytes), DtmLayout.EntryBytes);
            Encoding.ASCII.GetBytes(sections[i].Name, entry[..DtmLayout.NameBytes]);
            BinaryPrimitives.WriteInt64LittleEndian(entry[DtmLayout.NameBytes..], offset);
            BinaryPrimitives.WriteInt64LittleEndian(
                entry[(DtmLayout.NameBytes + sizeof(long))..], sections[i].LengthBytes);
            offset += sections[i].LengthBytes;
        }

        return header;
    }
}
