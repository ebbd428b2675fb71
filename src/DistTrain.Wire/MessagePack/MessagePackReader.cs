using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace DistTrain.Wire;

/// <summary>
/// Reads MessagePack that nobody vouches for. Every length is checked against what is left, and
/// against the caller's limit, before anything is made of it; whatever is wrong becomes a
/// <see cref="WireException"/>. Forms longer than necessary are accepted.
/// <para>
/// It reads one contiguous span: a message is one frame, so it never lies in several pieces.
/// </para>
/// </summary>
public ref struct MessagePackReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    /// <returns>False, with nothing read, if the next value is another one.</returns>
    public bool TryReadNil()
    {
        if (Peek() != Marker.Nil)
        {
            return false;
        }

        Position++;
        return true;
    }

    public bool ReadBool()
    {
        byte marker = Peek();
        if (marker is not (Marker.False or Marker.True))
        {
            throw Unexpected("true or false");
        }

        Position++;
        return marker == Marker.True;
    }

    public long ReadInt64()
    {
        (ulong bits, bool isNegative) = ReadInteger();
        return isNegative || bits <= long.MaxValue
            ? (long)bits
            : throw Malformed($"{bits} is too large");
    }

    public ulong ReadUInt64()
    {
        (ulong bits, bool isNegative) = ReadInteger();
        return isNegative ? throw Malformed($"{(long)bits} is negative") : bits;
    }

    /// <summary>A binary64 number; binary32 is widened.</summary>
    public double ReadDouble()
    {
        switch (Peek())
        {
            case Marker.Float32:
                Position++;
                return BitConverter.UInt32BitsToSingle((uint)ReadNumber(4));
            case Marker.Float64:
                Position++;
                return BitConverter.UInt64BitsToDouble(ReadNumber(8));
            default:
                throw Unexpected("a fraction");
        }
    }

    /// <summary>Valid UTF-8 of at most so many bytes.</summary>
    public string ReadText(int maximumBytes)
    {
        byte marker = Peek();
        int length = marker switch
        {
            >= Marker.ShortText and < Marker.Nil => ShortLength(marker & 31),
            Marker.Text8 => Length(1),
            Marker.Text16 => Length(2),
            Marker.Text32 => Length(4),
            _ => throw Unexpected("a text"),
        };
        ReadOnlySpan<byte> text = Take(Checked(length, maximumBytes, "bytes of text"));
        return Utf8.IsValid(text)
            ? Encoding.UTF8.GetString(text)
            : throw Malformed("a text is not UTF-8");
    }

    /// <summary>Bytes, where they stand; at most so many.</summary>
    public ReadOnlySpan<byte> ReadBin(int maximumBytes) =>
        Take(ReadBinHeader(maximumBytes));

    /// <summary>The length of bytes that follow here or come by another way.</summary>
    public int ReadBinHeader(int maximumBytes)
    {
        int length = Peek() switch
        {
            Marker.Bin8 => Length(1),
            Marker.Bin16 => Length(2),
            Marker.Bin32 => Length(4),
            _ => throw Unexpected("bytes"),
        };
        return Checked(length, maximumBytes, "bytes");
    }

    /// <summary>The number of values that follow: no more than the limit, nor than bytes are left.
    /// </summary>
    public int ReadArrayHeader(int maximum)
    {
        byte marker = Peek();
        int count = marker switch
        {
            >= Marker.ShortArray and < Marker.ShortText => ShortLength(marker & 15),
            Marker.Array16 => Length(2),
            Marker.Array32 => Length(4),
            _ => throw Unexpected("an array"),
        };
        return Checked(count, Math.Min(maximum, Remaining), "values");
    }

    /// <summary>The number of pairs that follow, under the same limits.</summary>
    public int ReadMapHeader(int maximum)
    {
        byte marker = Peek();
        int count = marker switch
        {
            >= Marker.ShortMap and < Marker.ShortArray => ShortLength(marker & 15),
            Marker.Map16 => Length(2),
            Marker.Map32 => Length(4),
            _ => throw Unexpected("a map"),
        };
        return Checked(count, Math.Min(maximum, Remaining / 2), "pairs");
    }

    /// <summary>
    /// Passes over one value, whatever it is. Values still to pass are counted, not called for, so
    /// depth costs nothing; each takes a byte or more, so the count never exceeds what is left.
    /// </summary>
    public void Skip()
    {
        for (int left = 1; left > 0; left--)
        {
            left += SkipHead();
            if (left - 1 > Remaining)
            {
                throw Truncated();
            }
        }
    }

    /// <summary>Passes over a value but for the values inside it, and counts those.</summary>
    private int SkipHead()
    {
        byte marker = Peek();
        switch (marker)
        {
            case Marker.Unused:
                throw Malformed("the byte c1 begins no value");
            case <= Marker.LastPositive or >= Marker.FirstNegative
                or Marker.Nil or Marker.False or Marker.True:
                Position++;
                return 0;
            case < Marker.ShortArray or Marker.Map16 or Marker.Map32:
                return 2 * ReadMapHeader(int.MaxValue);
            case < Marker.ShortText or Marker.Array16 or Marker.Array32:
                return ReadArrayHeader(int.MaxValue);
            default:
                int length = BodyLength(marker);
                Take(length);
                return 0;
        }
    }

    /// <summary>Moves behind the head of a value without values inside; gives its length.</summary>
    private int BodyLength(byte marker)
    {
        switch (marker)
        {
            case < Marker.Nil:
                return ShortLength(marker & 31);
            case Marker.Bin8 or Marker.Text8:
                return Length(1);
            case Marker.Bin16 or Marker.Text16:
                return Length(2);
            case Marker.Bin32 or Marker.Text32:
                return Length(4);
            case Marker.Ext8 or Marker.Ext16 or Marker.Ext32:
                int length = Length(1 << (marker - Marker.Ext8));
                return Checked(length, Math.Max(Remaining - 1, 0), "bytes") + 1;
            case >= Marker.FixExt1 and <= Marker.FixExt16:
                return ShortLength((1 << (marker - Marker.FixExt1)) + 1);
            case Marker.Float32:
                return ShortLength(4);
            case Marker.Float64:
                return ShortLength(8);
            default:
                return ShortLength(1 << ((marker - Marker.UInt8) & 3));
        }
    }

    /// <returns>The 64 bits of the number; as a signed one where it is negative.</returns>
    private (ulong Bits, bool IsNegative) ReadInteger()
    {
        byte marker = Peek();
        switch (marker)
        {
            case <= Marker.LastPositive:
                Position++;
                return (marker, false);
            case >= Marker.FirstNegative:
                Position++;
                return ((ulong)(sbyte)marker, true);
            case >= Marker.UInt8 and <= Marker.UInt64:
                Position++;
                return (ReadNumber(1 << (marker - Marker.UInt8)), false);
            case >= Marker.Int8 and <= Marker.Int64:
                Position++;
                int bytes = 1 << (marker - Marker.Int8);
                int unused = 64 - (8 * bytes);
                long value = (long)(ReadNumber(bytes) << unused) >> unused;
                return ((ulong)value, value < 0);
            default:
                throw Unexpected("a whole number");
        }
    }

    private ulong ReadNumber(int bytes)
    {
        ReadOnlySpan<byte> number = Take(bytes);
        return bytes switch
        {
            1 => number[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(number),
            4 => BinaryPrimitives.ReadUInt32BigEndian(number),
            _ => BinaryPrimitives.ReadUInt64BigEndian(number),
        };
    }

    /// <summary>A length that the marker itself, the next byte, tells.</summary>
    private int ShortLength(int length)
    {
        Position++;
        return length;
    }

    /// <summary>A length of so many bytes behind the marker; beyond int it is int's largest.
    /// </summary>
    private int Length(int bytes)
    {
        Position++;
        return (int)Math.Min(ReadNumber(bytes), int.MaxValue);
    }

    private readonly byte Peek() => Remaining > 0 ? _bytes[Position] : throw Truncated();

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > Remaining)
        {
            throw Truncated();
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(Position, bytes);
        Position += bytes;
        return taken;
    }

    private static int Checked(int length, int maximum, string what) => length <= maximum
        ? length
        : throw new WireException(
            WireFault.OverLimit, $"{length} {what} where at most {maximum} may be");

    private readonly WireException Unexpected(string wanted) =>
        Malformed($"not {wanted} but the byte {_bytes[Position]:x2}");

    private readonly WireException Malformed(string what) =>
        new(WireFault.Malformed, $"{what} (at byte {Position})");

    private readonly WireException Truncated() => Malformed("cut short");
}
