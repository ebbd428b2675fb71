namespace DistTrain.Numerics;

/// <summary>
/// The last columns of B, fewer than a vector, copied into rows of one zero-padded vector, so that
/// no kernel reads beyond a row.
/// </summary>
internal static unsafe class EdgePanel<V>
    where V : struct, ILanes<V>
{
    /// <summary>Copies (rows, columns) of <paramref name="b"/> to (rows, V.Count).</summary>
    public static void Pack(float* b, nint rowStride, int rows, int columns, float* panel)
    {
        for (int row = 0; row < rows; row++)
        {
            V.Store(panel, V.LoadPartial(b, columns));
            b += rowStride;
            panel += V.Count;
        }
    }
}
