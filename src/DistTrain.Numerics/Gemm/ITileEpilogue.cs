namespace DistTrain.Numerics;

/// <summary>What is done to a tile of a product at once, while it is in L1.</summary>
internal unsafe interface ITileEpilogue
{
    /// <param name="tile">(rows, columns)</param>
    /// <param name="rowStride">Row stride of the tile.</param>
    /// <param name="row">Its first row in C.</param>
    /// <param name="column">Its first column in C.</param>
    /// <param name="rows">Rows of the tile.</param>
    /// <param name="columns">Columns of the tile.</param>
    void Run(float* tile, nint rowStride, int row, int column, int rows, int columns);
}

/// <summary>Leaves the product as it is.</summary>
internal readonly unsafe struct NoEpilogue : ITileEpilogue
{
    public void Run(float* tile, nint rowStride, int row, int column, int rows, int columns)
    {
    }
}
