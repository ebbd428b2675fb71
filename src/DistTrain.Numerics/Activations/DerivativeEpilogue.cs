namespace DistTrain.Numerics;

/// <summary>
/// From a tile of dL/d(output of the layer below) to dL/d(its logits): back through dropout and
/// activation, while the tile is in L1.
/// </summary>
internal readonly unsafe struct DerivativeEpilogue<V, TRule> : ITileEpilogue
    where V : struct, ILanes<V>
    where TRule : struct, IActivationRule<V>
{
    /// <summary>(samples, units): z, or f(z) where the rule does not need z.</summary>
    public required float* Logits { get; init; }

    public required nint LogitsStride { get; init; }

    /// <summary>(samples, units): f(z).</summary>
    public required float* Activated { get; init; }

    public required nint ActivatedStride { get; init; }

    /// <summary>(samples, units), or null without dropout.</summary>
    public required float* Factors { get; init; }

    public required nint FactorsStride { get; init; }

    public void Run(float* tile, nint rowStride, int row, int column, int rows, int columns)
    {
        for (int i = row; i < row + rows; i++)
        {
            if (Factors != null)
            {
                Elementwise<V>.DropOut(
                    tile, Factors + (i * FactorsStride) + column, tile, columns);
            }

            ActivationPass<V>.BackwardRow<TRule>(
                tile, Logits + (i * LogitsStride) + column,
                Activated + (i * ActivatedStride) + column, columns);
            tile += rowStride;
        }
    }
}
