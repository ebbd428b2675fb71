namespace DistTrain.Numerics;

/// <summary>Picks the sparse tile for so many rows and vectors.</summary>
internal static unsafe class SparseTiles<V>
    where V : struct, ILanes<V>
{
    /// <summary>Features next to each other that share the samples of a tile of dW.</summary>
    public static int Features => V.Registers >= 32 ? 8 : 4;

    /// <summary>Rows are samples, terms are features.</summary>
    public static void Run(
        int rows, in ColumnGroup group, FeatureList features, float* a, float* c, float* stack)
    {
        switch (group.Vectors)
        {
            case 1: Samples<One>(rows, group, features, a, c, stack); break;
            case 2: Samples<Two>(rows, group, features, a, c, stack); break;
            default: Samples<Three>(rows, group, features, a, c, stack); break;
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
            default: FeatureRows<Three>(rows, group, source, a, c, stack); break;
        }
    }

    private static void Samples<N>(
        int rows, in ColumnGroup group, FeatureList features, float* a, float* c, float* stack)
        where N : struct, IExtent
    {
        switch (rows)
        {
            case 1: Run<One, N, FeatureList>(group, features, a, c, stack); break;
            case 2: Run<Two, N, FeatureList>(group, features, a, c, stack); break;
            case 3: Run<Three, N, FeatureList>(group, features, a, c, stack); break;
            default: Run<Four, N, FeatureList>(group, features, a, c, stack); break;
        }
    }

    private static void FeatureRows<N>(
        int rows, in ColumnGroup group, in MaskSource from, float* a, float* c, float* stack)
        where N : struct, IExtent
    {
        switch (rows)
        {
            case 1: Run<One, N, SampleMasks<One>>(group, from.Of<One>(), a, c, stack); break;
            case 2: Run<Two, N, SampleMasks<Two>>(group, from.Of<Two>(), a, c, stack); break;
            case 3: Run<Three, N, SampleMasks<Three>>(group, from.Of<Three>(), a, c, stack); break;
            case 4: Run<Four, N, SampleMasks<Four>>(group, from.Of<Four>(), a, c, stack); break;
            case 5: Run<Five, N, SampleMasks<Five>>(group, from.Of<Five>(), a, c, stack); break;
            case 6: Run<Six, N, SampleMasks<Six>>(group, from.Of<Six>(), a, c, stack); break;
            case 7: Run<Seven, N, SampleMasks<Seven>>(group, from.Of<Seven>(), a, c, stack); break;
            default: Run<Eight, N, SampleMasks<Eight>>(group, from.Of<Eight>(), a, c, stack); break;
        }
    }

    private static void Run<R, N, TTerms>(
        in ColumnGroup group, TTerms terms, float* a, float* c, float* stack)
        where R : struct, IExtent
        where N : struct, IExtent
        where TTerms : struct, ITerms
    {
        Operands s = group.S;
        SparseTile<V, R, N, TTerms>.Run(s, terms, a, group.First, group.Last, c, stack);
    }

    private readonly struct MaskSource(uint* masks, nint stride, int microbatches, int microbatch)
    {
        public SampleMasks<R> Of<R>()
            where R : struct, IExtent => new(masks, stride, microbatches, microbatch);
    }
}
