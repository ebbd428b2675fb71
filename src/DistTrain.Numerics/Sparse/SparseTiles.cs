namespace DistTrain.Numerics;

/// <summary>Picks the sparse tile for so many rows and vectors.</summary>
internal static unsafe class SparseTiles<V>
    where V : struct, ILanes<V>
{
    private const int MostPairVectors = 4;
    private const int FewestForPairs = 4;

    /// <summary>Most vectors in a row of a tile over a list: 4 samples of them, a row of W and one
    /// number of X are the registers.</summary>
    public static int MaxListVectors => V.Registers >= 32 ? 6 : 3;

    /// <summary>Most vectors in a row of a tile of dW.</summary>
    public static int MaxMaskVectors => V.Registers >= 32 ? 8 : 3;

    /// <summary>Features next to each other that share the samples of a tile of dW. The more, the
    /// more samples have any of them (on MNIST 22 % for 2, 28 % for 4, 39 % for 8), and the fewer
    /// tiles: what a tile costs besides its terms, a misprediction at the end of each microbatch
    /// and the tree, is as much as its terms. So wide tiles of few features; 3 × 4 where pairs of
    /// microbatches fit.</summary>
    public static int Features(int vectors, int microbatches) =>
        vectors > 6 || (vectors == MostPairVectors && Pairs(vectors, microbatches)) ? 3 : 4;

    /// <summary>Whether a tile of dW holds two microbatches in registers: 6 to 9 % less where it
    /// halves a tree of four or more, and no gain for two.</summary>
    private static bool Pairs(int vectors, int microbatches) =>
        V.Registers >= 32 && vectors <= MostPairVectors && microbatches >= FewestForPairs;

    /// <summary>Vectors in the next group of columns: no more groups than there must be, as equal
    /// as can be.</summary>
    public static int NextVectors(int columns, int most)
    {
        int vectors = NonzeroMap.CeilingOf(columns, V.Count);
        return NonzeroMap.CeilingOf(vectors, NonzeroMap.CeilingOf(vectors, most));
    }

    /// <summary>Rows are samples, terms are features.</summary>
    public static void Run(
        int rows, in ColumnGroup group, ushort* features, int count, float* a, float* c)
    {
        switch (group.Vectors)
        {
            case 1: Samples<One>(rows, group, features, count, a, c); break;
            case 2: Samples<Two>(rows, group, features, count, a, c); break;
            case 3: Samples<Three>(rows, group, features, count, a, c); break;
            case 4: Samples<Four>(rows, group, features, count, a, c); break;
            case 5: Samples<Five>(rows, group, features, count, a, c); break;
            default: Samples<Six>(rows, group, features, count, a, c); break;
        }
    }

    /// <summary>Rows are features, terms are samples.</summary>
    public static void Run(
        int rows, in ColumnGroup group, uint* masks, NonzeroMap map, int microbatches,
        float* a, float* c, float* stack)
    {
        var source = new MaskSource(masks, map.MaskStride, microbatches, map.Microbatch);
        switch (group.Vectors)
        {
            case 1: FeatureRows<One>(rows, group, source, a, c, stack); break;
            case 2: FeatureRows<Two>(rows, group, source, a, c, stack); break;
            case 3: FeatureRows<Three>(rows, group, source, a, c, stack); break;
            case 4: FeatureRows<Four>(rows, group, source, a, c, stack); break;
            case 5: FeatureRows<Five>(rows, group, source, a, c, stack); break;
            case 6: FeatureRows<Six>(rows, group, source, a, c, stack); break;
            case 7: FeatureRows<Seven>(rows, group, source, a, c, stack); break;
            default: FeatureRows<Eight>(rows, group, source, a, c, stack); break;
        }
    }

    private static void Samples<N>(
        int rows, in ColumnGroup group, ushort* features, int count, float* a, float* c)
        where N : struct, IExtent
    {
        Operands s = group.S;
        float* b = group.First, l = group.Last;
        switch (rows)
        {
            case 1: ListTile<V, One, N>.Run(s, features, count, a, b, l, c); break;
            case 2: ListTile<V, Two, N>.Run(s, features, count, a, b, l, c); break;
            case 3: ListTile<V, Three, N>.Run(s, features, count, a, b, l, c); break;
            default: ListTile<V, Four, N>.Run(s, features, count, a, b, l, c); break;
        }
    }

    private static void FeatureRows<N>(
        int rows, in ColumnGroup group, in MaskSource from, float* a, float* c, float* stack)
        where N : struct, IExtent
    {
        switch (rows)
        {
            case 1: Run<One, N>(group, from.Of<One>(), a, c, stack); break;
            case 2: Run<Two, N>(group, from.Of<Two>(), a, c, stack); break;
            case 3: Run<Three, N>(group, from.Of<Three>(), a, c, stack); break;
            default: Run<Four, N>(group, from.Of<Four>(), a, c, stack); break;
        }
    }

    private static void Run<R, N>(
        in ColumnGroup group, SampleMasks<R> samples, float* a, float* c, float* stack)
        where R : struct, IExtent
        where N : struct, IExtent
    {
        Operands s = group.S;
        if (N.Count <= MostPairVectors && Pairs(N.Count, samples.Microbatches))
        {
            MaskPairTile<V, R, N>.Run(s, samples, a, group.First, c, stack);
        }
        else
        {
            MaskTile<V, R, N>.Run(s, samples, a, group.First, c, stack);
        }
    }

    private readonly struct MaskSource(uint* masks, nint stride, int microbatches, int microbatch)
    {
        public SampleMasks<R> Of<R>()
            where R : struct, IExtent => new(masks, stride, microbatches, microbatch);
    }
}
