using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistTrain.Numerics;

/// <content>
/// Transposition of 16 × 16 numbers: four rows at a time are interleaved, so that each quarter of
/// a vector holds four numbers of a column; then the quarters are put together.
/// </content>
public readonly unsafe partial struct Lanes512
{
    public static void Transpose(
        float* source, nint sourceStride, float* destination, nint destinationStride)
    {
        nint s = 4 * sourceStride, d = destinationStride;
        Interleave(
            source, sourceStride, out Vector512<float> a0, out Vector512<float> a1,
            out Vector512<float> a2, out Vector512<float> a3);
        Interleave(
            source + s, sourceStride, out Vector512<float> b0, out Vector512<float> b1,
            out Vector512<float> b2, out Vector512<float> b3);
        Interleave(
            source + (2 * s), sourceStride, out Vector512<float> c0, out Vector512<float> c1,
            out Vector512<float> c2, out Vector512<float> c3);
        Interleave(
            source + (3 * s), sourceStride, out Vector512<float> d0, out Vector512<float> d1,
            out Vector512<float> d2, out Vector512<float> d3);
        StoreColumns(a0, b0, c0, d0, destination, d);
        StoreColumns(a1, b1, c1, d1, destination + d, d);
        StoreColumns(a2, b2, c2, d2, destination + (2 * d), d);
        StoreColumns(a3, b3, c3, d3, destination + (3 * d), d);
    }

    /// <summary>Quarter q of column vector j: rows 0 … 3 of column 4q + j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(
        float* source, nint stride, out Vector512<float> column0, out Vector512<float> column1,
        out Vector512<float> column2, out Vector512<float> column3)
    {
        Vector512<float> row0 = Vector512.Load(source);
        Vector512<float> row1 = Vector512.Load(source + stride);
        Vector512<float> row2 = Vector512.Load(source + (2 * stride));
        Vector512<float> row3 = Vector512.Load(source + (3 * stride));
        Vector512<double> low01 = Avx512F.UnpackLow(row0, row1).AsDouble();
        Vector512<double> high01 = Avx512F.UnpackHigh(row0, row1).AsDouble();
        Vector512<double> low23 = Avx512F.UnpackLow(row2, row3).AsDouble();
        Vector512<double> high23 = Avx512F.UnpackHigh(row2, row3).AsDouble();
        column0 = Avx512F.UnpackLow(low01, low23).AsSingle();
        column1 = Avx512F.UnpackHigh(low01, low23).AsSingle();
        column2 = Avx512F.UnpackLow(high01, high23).AsSingle();
        column3 = Avx512F.UnpackHigh(high01, high23).AsSingle();
    }

    /// <summary>Columns j, 4 + j, 8 + j and 12 + j, whose quarters stand in four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreColumns(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d,
        float* destination, nint stride)
    {
        const byte Even = 0x88, Odd = 0xDD;
        Vector512<float> evenAb = Avx512F.Shuffle4x128(a, b, Even);
        Vector512<float> oddAb = Avx512F.Shuffle4x128(a, b, Odd);
        Vector512<float> evenCd = Avx512F.Shuffle4x128(c, d, Even);
        Vector512<float> oddCd = Avx512F.Shuffle4x128(c, d, Odd);
        Avx512F.Shuffle4x128(evenAb, evenCd, Even).Store(destination);
        Avx512F.Shuffle4x128(oddAb, oddCd, Even).Store(destination + (4 * stride));
        Avx512F.Shuffle4x128(evenAb, evenCd, Odd).Store(destination + (8 * stride));
        Avx512F.Shuffle4x128(oddAb, oddCd, Odd).Store(destination + (12 * stride));
    }
}
