using System.Numerics;
using System.Runtime.InteropServices;

namespace DistTrain.Wire;

/// <summary>
/// binary32 to the encodings of 16 bits and back, element by element: the same bits at any vector
/// width. What is lost by rounding is the caller's to keep (<see cref="ErrorFeedback"/>).
/// </summary>
public static class TensorCompression
{
    /// <param name="encoding">One of 16 bits.</param>
    /// <param name="values">Beyond the range of binary16 they become infinite, and the run that
    /// uses them stops.</param>
    /// <param name="payload">Two bytes for each value.</param>
    public static void Encode(
        TensorEncoding encoding, ReadOnlySpan<float> values, Span<byte> payload)
    {
        Span<ushort> narrow = MemoryMarshal.Cast<byte, ushort>(payload);
        ThrowIfUnequal(values.Length * sizeof(ushort), payload.Length);
        if (Is(encoding, TensorEncoding.Bfloat16))
        {
            Encode<Bfloat16Narrowing>(values, narrow);
        }
        else
        {
            Encode<Binary16Narrowing>(values, narrow);
        }
    }

    /// <param name="encoding">One of 16 bits.</param>
    /// <param name="payload">Two bytes for each value.</param>
    /// <param name="values">Gets the exact values of the payload.</param>
    public static void Decode(
        TensorEncoding encoding, ReadOnlySpan<byte> payload, Span<float> values)
    {
        ReadOnlySpan<ushort> narrow = MemoryMarshal.Cast<byte, ushort>(payload);
        ThrowIfUnequal(values.Length * sizeof(ushort), payload.Length);
        if (Is(encoding, TensorEncoding.Bfloat16))
        {
            Decode<Bfloat16Narrowing>(narrow, values);
        }
        else
        {
            Decode<Binary16Narrowing>(narrow, values);
        }
    }

    private static void Encode<N>(ReadOnlySpan<float> values, Span<ushort> narrow)
        where N : struct, INarrowing
    {
        int step = Vector<ushort>.Count;
        for (; values.Length >= step; values = values[step..], narrow = narrow[step..])
        {
            EncodeVector<N>(values, narrow);
        }

        // The tail runs through the same code, on a copy that is long enough.
        Span<float> tail = stackalloc float[step];
        Span<ushort> narrowTail = stackalloc ushort[step];
        tail.Clear();
        values.CopyTo(tail);
        EncodeVector<N>(tail, narrowTail);
        narrowTail[..values.Length].CopyTo(narrow);
    }

    private static void EncodeVector<N>(ReadOnlySpan<float> values, Span<ushort> narrow)
        where N : struct, INarrowing
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        Vector<uint> low = N.Narrow(new Vector<uint>(bits));
        Vector<uint> high = N.Narrow(new Vector<uint>(bits[Vector<uint>.Count..]));
        Vector.Narrow(low, high).CopyTo(narrow);
    }

    private static void Decode<N>(ReadOnlySpan<ushort> narrow, Span<float> values)
        where N : struct, INarrowing
    {
        int step = Vector<ushort>.Count;
        for (; values.Length >= step; values = values[step..], narrow = narrow[step..])
        {
            DecodeVector<N>(narrow, values);
        }

        Span<ushort> narrowTail = stackalloc ushort[step];
        Span<float> tail = stackalloc float[step];
        narrowTail.Clear();
        narrow.CopyTo(narrowTail);
        DecodeVector<N>(narrowTail, tail);
        tail[..values.Length].CopyTo(values);
    }

    private static void DecodeVector<N>(ReadOnlySpan<ushort> narrow, Span<float> values)
        where N : struct, INarrowing
    {
        Vector.Widen(new Vector<ushort>(narrow), out Vector<uint> low, out Vector<uint> high);
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        N.Widen(low).CopyTo(bits);
        N.Widen(high).CopyTo(bits[Vector<uint>.Count..]);
    }

    private static bool Is(TensorEncoding encoding, TensorEncoding wanted) =>
        encoding is TensorEncoding.Bfloat16 or TensorEncoding.Binary16
            ? encoding == wanted
            : throw new ArgumentException($"{encoding} compresses nothing.", nameof(encoding));

    private static void ThrowIfUnequal(int wantedBytes, int payloadBytes)
    {
        if (wantedBytes != payloadBytes)
        {
            throw new ArgumentException(
                $"{payloadBytes} bytes of payload where {wantedBytes} belong.");
        }
    }
}
