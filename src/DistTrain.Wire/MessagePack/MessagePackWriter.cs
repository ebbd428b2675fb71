using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace DistTrain.Wire;

/// <summary>
/// Writes MessagePack, each value in its shortest form. Whoever opens an array or a map writes as
/// many values as announced. Big-endian, as the format wants it.
/// </summary>
public readonly ref struct MessagePackWriter(IBufferWriter<byte> output)
{
    private readonly IBufferWriter<byte> _output = output;

    public void WriteNil() => WriteByte(Marker.Nil);

    public void Write(bool value) => WriteByte(value ? Marker.True : Marker.False);

    public void Write(long value)
    {
        switch (value)
        {
            case >= 0:
                Write((ulong)value);
                break;
            case >= -32:
                WriteByte((byte)value);
                break;
            case >= sbyte.MinValue:
                Write(Marker.Int8, 1, (ulong)value);
                break;
            case >= short.MinValue:
                Write(Marker.Int16, 2, (ulong)value);
                break;
            case >= int.MinValue:
                Write(Marker.Int32, 4, (ulong)value);
                break;
            default:
                Write(Marker.Int64, 8, (ulong)value);
                break;
        }
    }

    public void Write(ulong value)
    {
        switch (value)
        {
            case <= Marker.LastPositive:
                WriteByte((byte)value);
                break;
            case <= byte.MaxValue:
                Write(Marker.UInt8, 1, value);
                break;
            case <= ushort.MaxValue:
                Write(Marker.UInt16, 2, value);
                break;
            case <= uint.MaxValue:
                Write(Marker.UInt32, 4, value);
                break;
            default:
                Write(Marker.UInt64, 8, value);
                break;
        }
    }

    public void Write(float value) =>
        Write(Marker.Float32, 4, BitConverter.SingleToUInt32Bits(value));

    public void Write(double value) =>
        Write(Marker.Float64, 8, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Text, as UTF-8; halves of surrogate pairs become U+FFFD.</summary>
    public void Write(ReadOnlySpan<char> value)
    {
        int bytes = Encoding.UTF8.GetByteCount(value);
        WriteLength(bytes, Marker.ShortText, 31, Marker.Text8, Marker.Text16);
        Encoding.UTF8.GetBytes(value, _output.GetSpan(Math.Max(bytes, 1)));
        _output.Advance(bytes);
    }

    /// <summary>Bytes.</summary>
    public void WriteBin(ReadOnlySpan<byte> value)
    {
        WriteBinHeader(value.Length);
        _output.Write(value);
    }

    /// <summary>Announces bytes that the caller sends by another way.</summary>
    public void WriteBinHeader(int bytes)
    {
        switch (bytes)
        {
            case <= byte.MaxValue:
                Write(Marker.Bin8, 1, (ulong)bytes);
                break;
            case <= ushort.MaxValue:
                Write(Marker.Bin16, 2, (ulong)bytes);
                break;
            default:
                Write(Marker.Bin32, 4, (ulong)bytes);
                break;
        }
    }

    public void WriteArrayHeader(int count) =>
        WriteLength(count, Marker.ShortArray, 15, null, Marker.Array16);

    /// <param name="count">Pairs of a key and a value.</param>
    public void WriteMapHeader(int count) =>
        WriteLength(count, Marker.ShortMap, 15, null, Marker.Map16);

    /// <summary>Short lengths are part of the marker; the 32-bit marker follows the 16-bit one.
    /// </summary>
    private void WriteLength(
        int length, byte shortMarker, int shortMaximum, byte? marker8, byte marker16)
    {
        if (length <= shortMaximum)
        {
            WriteByte((byte)(shortMarker | length));
        }
        else if (length <= byte.MaxValue && marker8 is { } marker)
        {
            Write(marker, 1, (ulong)length);
        }
        else if (length <= ushort.MaxValue)
        {
            Write(marker16, 2, (ulong)length);
        }
        else
        {
            Write((byte)(marker16 + 1), 4, (ulong)length);
        }
    }

    private void WriteByte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }

    /// <summary>A marker and the lowest <paramref name="bytes"/> bytes of a number.</summary>
    private void Write(byte marker, int bytes, ulong value)
    {
        Span<byte> span = _output.GetSpan(1 + sizeof(ulong));
        span[0] = marker;
        BinaryPrimitives.WriteUInt64BigEndian(span[1..], value << (8 * (sizeof(ulong) - bytes)));
        _output.Advance(1 + bytes);
    }
}
