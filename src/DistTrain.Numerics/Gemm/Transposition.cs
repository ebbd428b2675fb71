namespace DistTrain.Numerics;

/// <summary>Copies a matrix with rows and columns exchanged, in blocks that stay in L1.</summary>
internal static unsafe class Transposition
{
    private const int Block = 16;

    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="source">(rows, columns)</param>
    /// <param name="sourceStride">Row stride of the source.</param>
    /// <param name="destination">(columns, rows)</param>
    /// <param name="destinationStride">Row stride of the destination.</param>
    /// <param name="addZero">Adds +0 to each number, so that −0 becomes +0 (N2).</param>
    public static void Copy(
        int rows, int columns, float* source, nint sourceStride,
        float* destination, nint destinationStride, bool addZero)
    {
        // x + (−0) is x for every x, so one loop serves both.
        float zero = addZero ? 0f : -0f;
        for (int i = 0; i < rows; i += Block)
        {
            int iEnd = Math.Min(i + Block, rows);
            for (int j = 0; j < columns; j += Block)
            {
                int jEnd = Math.Min(j + Block, columns);
                for (int r = i; r < iEnd; r++)
                {
                    for (int c = j; c < jEnd; c++)
                    {
                        destination[(c * destinationStride) + r] =
                            source[(r * sourceStride) + c] + zero;
                    }
                }
            }
        }
    }
}
