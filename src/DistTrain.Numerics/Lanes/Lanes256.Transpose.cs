using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistTrain.Numerics;

/// <content>
/// Transposition of 8 × 8 numbers: four rows at a time are interleaved, so that each half of a
/// vector holds four numbers of a column; then the halves are put together.
/// </content>
public readonly unsafe partial struct Lanes256
{
    public static void Transpose(
        float* source, nint sourceStride, float* destination, nint destinationStride)
    {
        Interleave(
            source, sourceStride, out Vector256<float> a0, out Vector256<float> a1,
            out Vector256<float> a2, out Vector256<float> a3);
        Interleave(
            source + (4 * sourceStride), sourceStride, out Vector256<float> b0,
            out Vector256<float> b1, out Vector256<float> b2, out Vector256<float> b3);
        const byte Low = 0x20, High = 0x31;
        nint d = destinationStride;
        Avx.Permute2x128(a0, b0, Low).Store(destination);
        Avx.Permute2x128(a1, b1, Low).Store(destination + d);
        Avx.Permute2x128(a2, b2, Low).Store(destination + (2 * d));
        Avx.Permute2x128(a3, b3, Low).Store(destination + (3 * d));
        Avx.Permute2x128(a0, b0, High).Store(destination + (4 * d));
        Avx.Permute2x128(a1, b1, High).Store(destination + (5 * d));
        Avx.Permute2x128(a2, b2, High).Store(destination + (6 * d));
        Avx.Permute2x128(a3, b3, High).Store(destination + (7 * d));
    }

    /// <summary>Half h of column vector j: rows 0 … 3 of column 4h + j.</summary>
    private static void Interleave(
        float* source, nint stride, out Vector256<float> column0, out Vector256<float> column1,
        out Vector256<float> column2, out Vector256<float> column3)
    {
        Vector256<float> row0 = Vector256.Load(source);
        Vector256<float> row1 = Vector256.Load(source + stride);
        Vector256<float> row2 = Vector256.Load(source + (2 * stride));
        Vector256<float> row3 = Vector256.Load(source + (3 * stride));
        Vector256<double> low01 = Avx.UnpackLow(row0, row1).AsDouble();
        Vector256<double> high01 = Avx.UnpackHigh(row0, row1).AsDouble();
        Vector256<double> low23 = Avx.UnpackLow(row2, row3).AsDouble();
        Vector256<double> high23 = Avx.UnpackHigh(row2, row3).AsDouble();
        column0 = Avx.UnpackLow(low01, low23).AsSingle();
        column1 = Avx.UnpackHigh(low01, low23).AsSingle();
        column2 = Avx.UnpackLow(high01, high23).AsSingle();
        column3 = Avx.UnpackHigh(high01, high23).AsSingle();
    }
}
