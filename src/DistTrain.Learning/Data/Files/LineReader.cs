namespace DistTrain.Learning;

/// <summary>Lines of a text file as bytes, without their ends; their length is limited.</summary>
internal sealed class LineReader(string path, Stream stream)
{
    public const int MaxLineBytes = 1 << 24;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>The number of the line last read; the first line is 1.</summary>
    public int LineNumber { get; private set; }

    /// <summary>The next line, valid until the next call; false at the end of the file.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            int length = _buffer.AsSpan(_start + searched, _end - _start - searched)
                .IndexOf((byte)'\n');
            if (length >= 0)
            {
                line = Take(searched + length, skip: 1);
                return true;
            }

            searched = _end - _start;
            if (_ended || !ReadMore())
            {
                line = Take(searched, skip: 0);
                return searched > 0;
            }
        }
    }

    private ReadOnlySpan<byte> Take(int length, int skip)
    {
        ReadOnlySpan<byte> line = _buffer.AsSpan(_start, length);
        _start += length + skip;
        LineNumber++;
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private bool ReadMore()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length > MaxLineBytes)
            {
                throw DataException.For(
                    path, $"line {LineNumber + 1} is longer than {MaxLineBytes:N0} bytes",
                    "Is it a text file? Put one sample on a line");
            }

            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
        return read > 0;
    }
}
