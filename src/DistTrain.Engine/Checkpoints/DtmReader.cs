using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DistTrain.Engine;

/// <summary>
/// Reads the container that <see cref="DtmLayout"/> describes. Nothing is believed before the
/// checksum of the whole file is right, and no length before it is checked against the file's:
/// a damaged or malicious file costs no more memory than it has bytes.
/// </summary>
internal sealed class DtmReader : IDisposable
{
    private const int MaxTextBytes = 64 << 20;
    private const string UseOlder = "use an older checkpoint, or train again";

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly Dictionary<string, (long Offset, long Length)> _sections = [];

    public DtmReader(string path)
    {
        _path = path;
        _stream = Open(path);
        try
        {
            CheckWhole();
            ReadTable();
        }
        catch (IOException e)
        {
            _stream.Dispose();
            throw Failure($"cannot be read ({e.Message})", "check the disk", e);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    public byte[] ReadText(string name) => ReadBytes(name, MaxTextBytes);

    /// <summary>The numbers of a section; none if there is no such section.</summary>
    public float[] ReadFloats(string name)
    {
        if (!_sections.TryGetValue(name, out (long Offset, long Length) section))
        {
            return [];
        }

        if (section.Length % sizeof(float) != 0
            || section.Length / sizeof(float) > Array.MaxLength)
        {
            throw Failure($"has {section.Length} bytes of '{name}'", UseOlder);
        }

        float[] values = new float[section.Length / sizeof(float)];
        _stream.Position = section.Offset;
        const int Piece = 1 << 20;
        for (int i = 0; i < values.Length; i += Piece)
        {
            Span<float> part = values.AsSpan(i, Math.Min(Piece, values.Length - i));
            _stream.ReadExactly(MemoryMarshal.AsBytes(part));
            if (!BitConverter.IsLittleEndian)
            {
                Span<int> bits = MemoryMarshal.Cast<float, int>(part);
                BinaryPrimitives.ReverseEndianness(bits, bits);
            }
        }

        return values;
    }

    public CheckpointException Failure(string problem, string hint, Exception? cause = null) =>
        new(_path, problem, hint, cause);

    public CheckpointException Damaged(string detail, Exception? cause = null) =>
        Failure($"is damaged ({detail})", UseOlder, cause);

    public void Dispose() => _stream.Dispose();

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointException(path, "does not exist", "check the name", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                path, $"cannot be opened ({e.Message})", "check that it is a readable file", e);
        }
    }

    private void CheckWhole()
    {
        long length = _stream.Length;
        Span<byte> start = stackalloc byte[DtmLayout.TableAt];
        int read = _stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        int magicRead = Math.Min(read, DtmLayout.Magic.Length);
        if (!start[..magicRead].SequenceEqual(DtmLayout.Magic[..magicRead]))
        {
            throw Failure("is not a DistTrain file", "give a .dtm file that train has written");
        }

        if (length < DtmLayout.MinBytes)
        {
            throw Failure($"is cut short ({length} bytes)", UseOlder);
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(start[DtmLayout.VersionAt..]);
        long expected = BinaryPrimitives.ReadInt64LittleEndian(start[DtmLayout.LengthAt..]);
        if (version == DtmLayout.FormatVersion && expected > length)
        {
            throw Failure($"is cut short ({length} of {expected} bytes)", UseOlder);
        }

        if (!ChecksumIsRight(length))
        {
            throw Damaged("its checksum is wrong");
        }

        if (version != DtmLayout.FormatVersion)
        {
            throw Failure(
                $"has format {version}, newer than this program reads " +
                $"({DtmLayout.FormatVersion})",
                "update disttrain");
        }

        if (expected != length)
        {
            throw Damaged($"it has {length} bytes and should have {expected}");
        }
    }

    private bool ChecksumIsRight(long length)
    {
        _stream.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[(int)Math.Min(length, 1 << 20)];
        for (long left = length - DtmLayout.ChecksumBytes; left > 0;)
        {
            int read = _stream.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0)
            {
                return false;
            }

            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        Span<byte> stored = stackalloc byte[DtmLayout.ChecksumBytes];
        _stream.ReadExactly(stored);
        return stored.SequenceEqual(hash.GetHashAndReset());
    }

    private void ReadTable()
    {
        _stream.Position = DtmLayout.SectionsAt;
        Span<byte> counts = stackalloc byte[2 * sizeof(int)];
        _stream.ReadExactly(counts);
        int count = BinaryPrimitives.ReadInt32LittleEndian(counts);
        long end = _stream.Length - DtmLayout.ChecksumBytes;
        long next = DtmLayout.TableAt + ((long)count * DtmLayout.EntryBytes);
        if (count is < 0 or > DtmLayout.MaxSections || next > end)
        {
            throw Damaged($"it claims {count} sections");
        }

        Span<byte> entry = stackalloc byte[DtmLayout.EntryBytes];
        for (int i = 0; i < count; i++)
        {
            _stream.ReadExactly(entry);
            string name = Encoding.ASCII.GetString(entry[..DtmLayout.NameBytes]).TrimEnd('\0');
            long offset = BinaryPrimitives.ReadInt64LittleEndian(entry[DtmLayout.NameBytes..]);
            long length = BinaryPrimitives.ReadInt64LittleEndian(
                entry[(DtmLayout.NameBytes + sizeof(long))..]);
            if (offset != next || length < 0 || length > end - offset
                || !_sections.TryAdd(name, (offset, length)))
            {
                throw Damaged($"section '{name}' does not fit");
            }

            next = offset + length;
        }

        if (next != end)
        {
            throw Damaged("bytes belong to no section");
        }
    }

    private byte[] ReadBytes(string name, int maxBytes)
    {
        if (!_sections.TryGetValue(name, out (long Offset, long Length) section))
        {
            throw Damaged($"section '{name}' is missing");
        }

        if (section.Length > maxBytes)
        {
            throw Damaged($"section '{name}' has {section.Length} bytes");
        }

        byte[] bytes = new byte[section.Length];
        _stream.Position = section.Offset;
        _stream.ReadExactly(bytes);
        return bytes;
    }
}
