namespace DistTrain.Numerics;

/// <summary>
/// Columns of B copied into rows of whole vectors, zeros behind the last number, so that no kernel
/// reads beyond a row.
/// </summary>
internal static unsafe class PanelCopy<V>
    where V : struct, ILanes<V>
{
    /// <param name="b">(rows, columns)</param>
    /// <param name="rowStride">Row stride of <paramref name="b"/>.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">1 … vectors · V.Count, more than one vector less.</param>
    /// <param name="panel">(rows, vectors · V.Count)</param>
    /// <param name="vectors">1, 2 or 3.</param>
    public static void Rows(
        float* b, nint rowStride, int rows, int columns, float* panel, int vectors)
    {
        int lastCount = columns - ((vectors - 1) * V.Count);
        for (int row = 0; row < rows; row++)
        {
            for (int v = 0; v < vectors - 1; v++)
            {
                V.Store(panel, V.Load(b + (v * V.Count)));
                panel += V.Count;
            }

            float* last = b + ((vectors - 1) * V.Count);
            V.Store(
                panel,
                lastCount == V.Count ? V.Load(last) : V.LoadPartial(last, lastCount));
            panel += V.Count;
            b += rowStride;
        }
    }
}
