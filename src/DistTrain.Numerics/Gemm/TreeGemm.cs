using System.Numerics;

namespace DistTrain.Numerics;

/// <summary>
/// dW = Xᵀ · dZ with the microbatch tree inside the tile (N3): each microbatch is one chain of at
/// most its samples in registers; finished microbatches are merged as a binary counter on a small
/// stack of tiles in L1, so a weight gradient is written once.
/// </summary>
internal static unsafe class TreeGemm<V>
    where V : struct, ILanes<V>
{
    // A counter of at most 2³¹ leaves has at most 31 partial sums, and the leaf on top.
    private const int MaxPartials = 32;

    /// <summary>Numbers of scratch: the tile stack and the edge panel.</summary>
    public static int ScratchLength(int samples) =>
        (MaxPartials * TileLength) + (samples * V.Count);

    private static int TileLength => Tile<V>.Rows * Tile<V>.MaxVectors * V.Count;

    /// <param name="k">Rows of dW: inputs.</param>
    /// <param name="n">Columns of dW: outputs.</param>
    /// <param name="s">K = samples; A is Xᵀ (row stride 1, column stride that of X).</param>
    /// <param name="microbatch">Samples in a microbatch.</param>
    /// <param name="x">(samples, k)</param>
    /// <param name="dz">(samples, n)</param>
    /// <param name="dw">(k, n)</param>
    /// <param name="scratch"><see cref="ScratchLength"/> numbers.</param>
    public static void Multiply(
        int k, int n, in Operands s, int microbatch, float* x, float* dz, float* dw,
        float* scratch)
    {
        int vectorsLeft = n / V.Count;
        while (vectorsLeft > 0)
        {
            int vectors = ColumnGroups.Next(vectorsLeft);
            int width = vectors * V.Count;
            Columns(k, vectors, width, s, microbatch, x, dz, dw, scratch);
            dz += width;
            dw += width;
            vectorsLeft -= vectors;
        }

        int edge = n % V.Count;
        if (edge > 0)
        {
            float* panel = scratch + (MaxPartials * TileLength);
            EdgePanel<V>.Pack(dz, s.RowStrideB, s.K, edge, panel);
            Operands packed = s with { RowStrideB = V.Count };
            Columns(k, 1, edge, packed, microbatch, x, panel, dw, scratch);
        }
    }

    private static void Columns(
        int k, int vectors, int columns, in Operands s, int microbatch, float* x, float* dz,
        float* dw, float* stack)
    {
        for (int i = 0; i < k;)
        {
            int rows = Tile<V>.RowsFor(vectors, k - i);
            float* root = SumTree(rows, vectors, s, microbatch, x + i, dz, stack);
            for (int row = 0; row < rows; row++, i++)
            {
                StoreRow(dw + (i * s.RowStrideC), root + (row * vectors * V.Count), columns);
            }
        }
    }

    /// <summary>
    /// One tile of dW over all microbatches; returns where in the stack it stands.
    /// </summary>
    private static float* SumTree(
        int rows, int vectors, in Operands s, int microbatch, float* x, float* dz, float* stack)
    {
        int length = rows * vectors * V.Count;
        int partials = 0;
        int leaves = 0;
        for (int done = 0; done < s.K; done += microbatch)
        {
            // A leaf on the right of its parent is added to its sibling straight from registers.
            leaves++;
            int merges = BitOperations.TrailingZeroCount(leaves);
            bool isRight = merges > 0;
            partials += isRight ? 0 : 1;
            Operands leaf = s with
            {
                K = Math.Min(microbatch, s.K - done),
                RowStrideC = vectors * V.Count,
                AddsToC = isRight,
            };
            Tile<V>.Run(
                leaf, rows, vectors, x + (done * s.ColumnStrideA), dz + (done * s.RowStrideB),
                stack + ((partials - 1) * length));
            for (; merges > 1; merges--)
            {
                partials--;
                MergeInto(stack + ((partials - 1) * length), length);
            }
        }

        for (; partials > 1; partials--)
        {
            MergeInto(stack + ((partials - 2) * length), length);
        }

        return stack;
    }

    /// <summary>left = left + right, right being the tile behind left.</summary>
    private static void MergeInto(float* left, int length)
    {
        float* right = left + length;
        for (int i = 0; i < length; i += V.Count)
        {
            V.Store(left + i, V.Load(left + i) + V.Load(right + i));
        }
    }

    private static void StoreRow(float* destination, float* source, int columns)
    {
        int i = 0;
        for (; i + V.Count <= columns; i += V.Count)
        {
            V.Store(destination + i, V.Load(source + i));
        }

        if (i < columns)
        {
            V.StorePartial(destination + i, V.Load(source + i), columns - i);
        }
    }
}
