namespace DistTrain.Numerics;

/// <summary>Depth and strides of a product C = A · B, in numbers (not bytes).</summary>
/// <param name="K">Terms of an element of C.</param>
/// <param name="LeafDepth">Terms of a chain: all K, or the samples of a microbatch.</param>
/// <param name="RowStrideA">Between two rows of A.</param>
/// <param name="ColumnStrideA">Between two columns of A.</param>
/// <param name="RowStrideB">Between two rows of B.</param>
/// <param name="RowStrideC">Between two rows of C.</param>
/// <param name="RowStrideLast">Between two rows of the last vector of B.</param>
/// <param name="LastCount">Numbers in the last vector of a row of C, 1 … V.Count.</param>
/// <param name="NextStride">Between two rows of what a tile prefetches of B.</param>
/// <param name="Continues">The chains begin with what C holds, not with +0; one leaf.</param>
internal readonly record struct Operands(
    int K,
    int LeafDepth,
    nint RowStrideA,
    nint ColumnStrideA,
    nint RowStrideB,
    nint RowStrideC,
    nint RowStrideLast = 0,
    int LastCount = 0,
    nint NextStride = 0,
    bool Continues = false);
