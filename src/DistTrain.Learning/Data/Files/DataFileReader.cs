using System.Buffers.Binary;
using System.IO.Compression;

namespace DistTrain.Learning;

/// <summary>
/// Reads a file, gzipped or not, to its exact end. Whether it is gzipped is seen from its first
/// two bytes, not from its name. Every failure is a <see cref="DataException"/>.
/// </summary>
internal sealed class DataFileReader : IDisposable
{
    private const byte GzipMagic0 = 0x1F;
    private const byte GzipMagic1 = 0x8B;

    /// <summary>A gzip file unpacks to no more than so many times its length.</summary>
    private const long MaxGzipRatio = 1032;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly Stream _content;
    private readonly bool _isGzip;
    private long _bytesRead;

    private DataFileReader(string path, FileStream file, bool isGzip)
    {
        _path = path;
        _file = file;
        _isGzip = isGzip;
        _content = isGzip
            ? new BufferedStream(new GZipStream(file, CompressionMode.Decompress), 1 << 16)
            : new BufferedStream(file, 1 << 16);
    }

    public static DataFileReader Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length == 0)
            {
                throw DataException.For(path, "the file is empty", "Get it again");
            }

            bool isGzip = file.ReadByte() == GzipMagic0 && file.ReadByte() == GzipMagic1;
            file.Position = 0;
            return new DataFileReader(path, file, isGzip);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw DataException.CannotRead(path, e);
        }
        catch (DataException)
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Fills the destination; <paramref name="what"/> names it in the error.</summary>
    public void Fill(Span<byte> destination, string what)
    {
        int read = ReadSome(destination);
        if (read < destination.Length)
        {
            throw CutShort(what, destination.Length, read);
        }
    }

    /// <summary>Reads so many bytes, into memory of that length and no more. A lying header is
    /// found out before memory is taken for what cannot be in the file.</summary>
    public byte[] ReadBlock(int count, string what)
    {
        long most = (_isGzip ? _file.Length * MaxGzipRatio : _file.Length) - _bytesRead;
        if (count > most)
        {
            throw CutShort(what, count, Rest());
        }

        byte[] block = GC.AllocateUninitializedArray<byte>(count);
        Fill(block, what);
        return block;
    }

    /// <summary>Throws unless all was read and, for gzip, the length in its trailer fits.</summary>
    public void ExpectEnd()
    {
        Span<byte> extra = stackalloc byte[1];
        if (ReadSome(extra) != 0)
        {
            throw DataException.For(
                _path, $"it goes on after the {_bytesRead - 1:N0} bytes that its header announces",
                "Get it again, or correct the header");
        }

        if (_isGzip && TrailerLength() != (uint)_bytesRead)
        {
            throw Corrupt("its length does not fit its trailer", null);
        }
    }

    public void Dispose()
    {
        _content.Dispose();
        _file.Dispose();
    }

    /// <summary>How many bytes are left, by reading them.</summary>
    private long Rest()
    {
        byte[] part = new byte[1 << 16];
        long rest = 0;
        int read;
        do
        {
            read = ReadSome(part);
            rest += read;
        }
        while (read > 0);

        return rest;
    }

    private int ReadSome(Span<byte> destination)
    {
        try
        {
            int read = _content.ReadAtLeast(
                destination, destination.Length, throwOnEndOfStream: false);
            _bytesRead += read;
            return read;
        }
        catch (InvalidDataException e)
        {
            throw Corrupt(e.Message.TrimEnd('.'), e);
        }
        catch (IOException e)
        {
            throw DataException.For(
                _path, $"reading it failed ({e.Message})", "Check the disk and try again", e);
        }
    }

    /// <summary>The last four bytes of a gzip file: its unpacked length modulo 2³².</summary>
    private uint TrailerLength()
    {
        Span<byte> trailer = stackalloc byte[4];
        _file.Seek(-4, SeekOrigin.End);
        _file.ReadExactly(trailer);
        return BinaryPrimitives.ReadUInt32LittleEndian(trailer);
    }

    private DataException CutShort(string what, long expected, long found) =>
        DataException.For(
            _path, $"cut short: {what} should have {expected:N0} bytes, found {found:N0}",
            "Get it again");

    private DataException Corrupt(string detail, Exception? inner) =>
        DataException.For(_path, $"the gzip data are corrupt or cut short ({detail})",
            "Get it again", inner);
}
