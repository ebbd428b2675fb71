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
        int wholeRows = rows - (rows % V.Count);
        int wholeColumns = columns - (columns % V.Count);
        for (int r = 0; r < wholeRows; r += V.Count)
        {
            for (int c = 0; c < wholeColumns; c += V.Count)
            {
                V.Transpose(
                    source + (r * sourceStride) + c, sourceStride,
                    destination + (c * destinationStride) + r, destinationStride);
            }
        }

        CopyOneByOne(
            0, wholeColumns, rows, columns, source, sourceStride, destination, destinationStride);
        CopyOneByOne(
            wholeRows, 0, rows, wholeColumns, source, sourceStride, destination,
            destinationStride);
    }

    private static void CopyOneByOne(
        int row, int column, int rowEnd, int columnEnd, float* source, nint sourceStride,
        float* destination, nint destinationStride)
    {
        for (int r = row; r < rowEnd; r++)
        {
            for (int c = column; c < columnEnd; c++)
            {
                destination[(c * destinationStride) + r] = source[(r * sourceStride) + c];
            }
        }
    }
}
