using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DistTrain.Engine;

/// <summary>A named section to be written: text or numbers.</summary>
internal abstract class DtmSection(string name)
{
    public string Name { get; } = name;

    public abstract long LengthBytes { get; }

    public abstract void WriteTo(Stream stream);
}

internal sealed class ByteSection(string name, byte[] bytes) : DtmSection(name)
{
    public override long LengthBytes => bytes.Length;

    public override void WriteTo(Stream stream) => stream.Write(bytes);
}

/// <summary>binary32 numbers, little-endian.</summary>
internal sealed class FloatSection(string name, float[] values) : DtmSection(name)
{
    public override long LengthBytes => (long)values.Length * sizeof(float);

    public override void WriteTo(Stream stream)
    {
        if (BitConverter.IsLittleEndian)
        {
            // In pieces: the bytes of one span cannot be more than 2³¹ − 1.
            const int Piece = 1 << 20;
            for (int i = 0; i < values.Length; i += Piece)
            {
                int count = Math.Min(Piece, values.Length - i);
                stream.Write(MemoryMarshal.AsBytes(values.AsSpan(i, count)));
            }

            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }
}
