namespace DistTrain.Numerics;

/// <summary>Picks the <see cref="PanelTile{V, R, N}"/> for so many rows and vectors.</summary>
internal static unsafe class PanelTiles<V>
    where V : struct, ILanes<V>
{
    /// <inheritdoc cref="PanelTile{V, R, N}.Run"/>
    public static void Run(
        int rows, in ColumnGroup group, float* a, float* c, float* next, nint nextStride)
    {
        if (next == null)
        {
            next = group.First; // a line that is there already
            nextStride = 0;
        }

        switch (group.Vectors)
        {
            case 1: Run<One>(rows, group, a, c, next, nextStride); break;
            case 2: Run<Two>(rows, group, a, c, next, nextStride); break;
            default: Run<Three>(rows, group, a, c, next, nextStride); break;
        }
    }

    private static void Run<N>(
        int rows, in ColumnGroup group, float* a, float* c, float* next, nint nextStride)
        where N : struct, IExtent
    {
        Operands s = group.S;
        float* b = group.First;
        switch (rows)
        {
            case 1: PanelTile<V, One, N>.Run(s, a, b, c, next, nextStride); break;
            case 2: PanelTile<V, Two, N>.Run(s, a, b, c, next, nextStride); break;
            case 3: PanelTile<V, Three, N>.Run(s, a, b, c, next, nextStride); break;
            case 4: PanelTile<V, Four, N>.Run(s, a, b, c, next, nextStride); break;
            case 5: PanelTile<V, Five, N>.Run(s, a, b, c, next, nextStride); break;
            case 6: PanelTile<V, Six, N>.Run(s, a, b, c, next, nextStride); break;
            case 7: PanelTile<V, Seven, N>.Run(s, a, b, c, next, nextStride); break;
            case 8: PanelTile<V, Eight, N>.Run(s, a, b, c, next, nextStride); break;
            case 9: PanelTile<V, Nine, N>.Run(s, a, b, c, next, nextStride); break;
            case 10: PanelTile<V, Ten, N>.Run(s, a, b, c, next, nextStride); break;
            case 11: PanelTile<V, Eleven, N>.Run(s, a, b, c, next, nextStride); break;
            case 12: PanelTile<V, Twelve, N>.Run(s, a, b, c, next, nextStride); break;
        }
    }
}
