using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>
/// The micro-kernels: MR × NR tiles of C(i, j) = chain over p of fma(A(i, p), B(p, j), ·) from +0.
/// NR is counted in vectors. A is read one broadcast at a time through two strides, so one kernel
/// serves X · W, W · dZᵀ and Xᵀ · dZ; B is read in rows of whole vectors.
/// </summary>
/// <remarks>
/// Registers of the 4 × 3 tile: 12 accumulators c{row}{vector}, three of B, one of A: 16, which is
/// what 256-bit x86 has. Twelve chains hide the latency of FMA (4 cycles × 2 ports = 8).
/// Determinism: vectors run along j only, so each chain is the same at every width (N2).
/// </remarks>
internal static unsafe class Tile<V>
    where V : struct, ILanes<V>
{
    /// <summary>Rows of the wide tiles.</summary>
    public const int Rows = 4;

    /// <summary>Rows of the one-vector tile.</summary>
    public const int NarrowRows = 8;

    /// <summary>Most vectors in a tile's row.</summary>
    public const int MaxVectors = 3;

    public static void Run4x3(in Operands s, float* a, float* b, float* c)
    {
        nint ra = s.RowStrideA, r2 = ra * 2, r3 = ra * 3;
        V zero = V.Broadcast(0);
        V c00 = zero, c01 = zero, c02 = zero, c10 = zero, c11 = zero, c12 = zero;
        V c20 = zero, c21 = zero, c22 = zero, c30 = zero, c31 = zero, c32 = zero;
        for (int p = s.K; p > 0; p--)
        {
            V b0 = V.Load(b), b1 = V.Load(b + V.Count), b2 = V.Load(b + (2 * V.Count));
            V x = V.Broadcast(a[0]);
            c00 = V.Fma(x, b0, c00);
            c01 = V.Fma(x, b1, c01);
            c02 = V.Fma(x, b2, c02);
            x = V.Broadcast(a[ra]);
            c10 = V.Fma(x, b0, c10);
            c11 = V.Fma(x, b1, c11);
            c12 = V.Fma(x, b2, c12);
            x = V.Broadcast(a[r2]);
            c20 = V.Fma(x, b0, c20);
            c21 = V.Fma(x, b1, c21);
            c22 = V.Fma(x, b2, c22);
            x = V.Broadcast(a[r3]);
            c30 = V.Fma(x, b0, c30);
            c31 = V.Fma(x, b1, c31);
            c32 = V.Fma(x, b2, c32);
            a += s.ColumnStrideA;
            b += s.RowStrideB;
        }

        Store3(s, c, c00, c01, c02);
        Store3(s, c + s.RowStrideC, c10, c11, c12);
        Store3(s, c + (2 * s.RowStrideC), c20, c21, c22);
        Store3(s, c + (3 * s.RowStrideC), c30, c31, c32);
    }

    public static void Run4x2(in Operands s, float* a, float* b, float* c)
    {
        nint ra = s.RowStrideA, r2 = ra * 2, r3 = ra * 3;
        V zero = V.Broadcast(0);
        V c00 = zero, c01 = zero, c10 = zero, c11 = zero;
        V c20 = zero, c21 = zero, c30 = zero, c31 = zero;
        for (int p = s.K; p > 0; p--)
        {
            V b0 = V.Load(b), b1 = V.Load(b + V.Count);
            V x = V.Broadcast(a[0]);
            c00 = V.Fma(x, b0, c00);
            c01 = V.Fma(x, b1, c01);
            x = V.Broadcast(a[ra]);
            c10 = V.Fma(x, b0, c10);
            c11 = V.Fma(x, b1, c11);
            x = V.Broadcast(a[r2]);
            c20 = V.Fma(x, b0, c20);
            c21 = V.Fma(x, b1, c21);
            x = V.Broadcast(a[r3]);
            c30 = V.Fma(x, b0, c30);
            c31 = V.Fma(x, b1, c31);
            a += s.ColumnStrideA;
            b += s.RowStrideB;
        }

        Store2(s, c, c00, c01);
        Store2(s, c + s.RowStrideC, c10, c11);
        Store2(s, c + (2 * s.RowStrideC), c20, c21);
        Store2(s, c + (3 * s.RowStrideC), c30, c31);
    }

    public static void Run8x1(in Operands s, float* a, float* b, float* c)
    {
        nint ra = s.RowStrideA, ca = s.ColumnStrideA;
        float* upper = a + (4 * ra);
        V zero = V.Broadcast(0);
        V c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero, c5 = zero, c6 = zero, c7 = zero;
        for (int p = s.K; p > 0; p--)
        {
            V b0 = V.Load(b);
            c0 = V.Fma(V.Broadcast(a[0]), b0, c0);
            c1 = V.Fma(V.Broadcast(a[ra]), b0, c1);
            c2 = V.Fma(V.Broadcast(a[2 * ra]), b0, c2);
            c3 = V.Fma(V.Broadcast(a[3 * ra]), b0, c3);
            c4 = V.Fma(V.Broadcast(upper[0]), b0, c4);
            c5 = V.Fma(V.Broadcast(upper[ra]), b0, c5);
            c6 = V.Fma(V.Broadcast(upper[2 * ra]), b0, c6);
            c7 = V.Fma(V.Broadcast(upper[3 * ra]), b0, c7);
            a += ca;
            upper += ca;
            b += s.RowStrideB;
        }

        nint rc = s.RowStrideC;
        Store1(s, c, c0);
        Store1(s, c + rc, c1);
        Store1(s, c + (2 * rc), c2);
        Store1(s, c + (3 * rc), c3);
        Store1(s, c + (4 * rc), c4);
        Store1(s, c + (5 * rc), c5);
        Store1(s, c + (6 * rc), c6);
        Store1(s, c + (7 * rc), c7);
    }

    /// <summary>One row and 1, 2 or 3 vectors: the rows left over.</summary>
    public static void Run1(in Operands s, int vectors, float* a, float* b, float* c)
    {
        V zero = V.Broadcast(0);
        V c0 = zero, c1 = zero, c2 = zero;
        for (int p = s.K; p > 0; p--)
        {
            V x = V.Broadcast(*a);
            c0 = V.Fma(x, V.Load(b), c0);
            if (vectors > 1)
            {
                c1 = V.Fma(x, V.Load(b + V.Count), c1);
            }

            if (vectors > 2)
            {
                c2 = V.Fma(x, V.Load(b + (2 * V.Count)), c2);
            }

            a += s.ColumnStrideA;
            b += s.RowStrideB;
        }

        Store1(s, c, c0);
        if (vectors > 1)
        {
            Store1(s, c + V.Count, c1);
        }

        if (vectors > 2)
        {
            Store1(s, c + (2 * V.Count), c2);
        }
    }

    /// <summary>Rows of the tile used for so many vectors and rows left.</summary>
    public static int RowsFor(int vectors, int rowsLeft)
    {
        int rows = vectors == 1 ? NarrowRows : Rows;
        return rowsLeft >= rows ? rows : 1;
    }

    /// <summary>Runs the tile of <see cref="RowsFor"/> rows and so many vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(in Operands s, int rows, int vectors, float* a, float* b, float* c)
    {
        if (rows == 1)
        {
            Run1(s, vectors, a, b, c);
        }
        else if (vectors == 3)
        {
            Run4x3(s, a, b, c);
        }
        else if (vectors == 2)
        {
            Run4x2(s, a, b, c);
        }
        else
        {
            Run8x1(s, a, b, c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store3(in Operands s, float* c, V c0, V c1, V c2)
    {
        Store1(s, c, c0);
        Store1(s, c + V.Count, c1);
        Store1(s, c + (2 * V.Count), c2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store2(in Operands s, float* c, V c0, V c1)
    {
        Store1(s, c, c0);
        Store1(s, c + V.Count, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store1(in Operands s, float* c, V value) =>
        V.Store(c, s.AddsToC ? V.Load(c) + value : value);
}

/// <summary>Depth and strides of one tile product, in numbers (not bytes).</summary>
/// <param name="K">Length of the chains.</param>
/// <param name="RowStrideA">Between two rows of A.</param>
/// <param name="ColumnStrideA">Between two columns of A.</param>
/// <param name="RowStrideB">Between two rows of B.</param>
/// <param name="RowStrideC">Between two rows of C.</param>
/// <param name="AddsToC">C = C + chain, the chain on the right, instead of C = chain.</param>
internal readonly record struct Operands(
    int K, nint RowStrideA, nint ColumnStrideA, nint RowStrideB, nint RowStrideC,
    bool AddsToC = false);
