using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>Copies a matrix with rows and columns exchanged, a square of vectors at a time in
/// registers.</summary>
internal static unsafe class Transposition<V>
    where V : struct, ILanes<V>
{
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="source">(rows, columns)</param>
    /// <param name="sourceStride">Row stride of the source.</param>
    /// <param name="destination">(columns, rows)</param>
    /// <param name="destinationStride">Row stride of the destination.</param>
    public static void Copy(
        int rows, int columns, float* source, nint sourceStride,
        float* destination, nint destinationStride)
    {
        for (int r = 0; r < rows; r += V.Count)
        {
            int squareRows = Math.Min(V.Count, rows - r);
            for (int c = 0; c < columns; c += V.Count)
            {
                int squareColumns = Math.Min(V.Count, columns - c);
                float* from = source + (r * sourceStride) + c;
                float* to = destination + (c * destinationStride) + r;
                if (squareRows == V.Count && squareColumns == V.Count)
                {
                    V.Transpose(from, sourceStride, to, destinationStride);
                }
                else
                {
                    CopyEdge(
                        squareRows, squareColumns, from, sourceStride, to, destinationStride);
                }
            }
        }
    }

    // What the square holds beside the edge is anything, and is copied nowhere.
    [SkipLocalsInit]
    private static void CopyEdge(
        int rows, int columns, float* source, nint sourceStride,
        float* destination, nint destinationStride)
    {
        float* square = stackalloc float[V.Count * V.Count];
        float* exchanged = stackalloc float[V.Count * V.Count];
        for (int r = 0; r < rows; r++)
        {
            float* row = source + (r * sourceStride);
            V.Store(
                square + (r * V.Count),
                columns == V.Count ? V.Load(row) : V.LoadPartial(row, columns));
        }

        V.Transpose(square, V.Count, exchanged, V.Count);
        for (int c = 0; c < columns; c++)
        {
            float* row = destination + (c * destinationStride);
            V column = V.Load(exchanged + (c * V.Count));
            if (rows == V.Count)
            {
                V.Store(row, column);
            }
            else
            {
                V.StorePartial(row, column, rows);
            }
        }
    }
}
