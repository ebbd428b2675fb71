namespace DistTrain.Numerics;

/// <summary>Bias, activation and dropout of a tile of X · W while it is in L1.</summary>
internal readonly unsafe struct ForwardEpilogue<V, TRule> : ITileEpilogue
    where V : struct, ILanes<V>
    where TRule : struct, IActivationRule<V>
{
    /// <summary>(units)</summary>
    public required float* Bias { get; init; }

    /// <summary>(samples, units): f(z); may be where the product stands.</summary>
    public required float* Activated { get; init; }

    public required nint ActivatedStride { get; init; }

    /// <summary>(samples, units), or null without dropout.</summary>
    public required float* Factors { get; init; }

    public required nint FactorsStride { get; init; }

    public required float* Dropped { get; init; }

    public required nint DroppedStride { get; init; }

    public void Run(float* tile, nint rowStride, int row, int column, int rows, int columns)
    {
        for (int i = 0; i < rows; i++)
        {
            float* y = Activated + ((row + i) * ActivatedStride) + column;
            ActivationPass<V>.ForwardRow<TRule>(
                tile + (i * rowStride), Bias + column, y, columns);
            if (Factors != null)
            {
                Elementwise<V>.DropOut(
                    y, Factors + ((row + i) * FactorsStride) + column,
                    Dropped + ((row + i) * DroppedStride) + column, columns);
            }
        }
    }
}
