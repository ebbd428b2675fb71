namespace DistTrain.Numerics;

/// <summary>Picks the sparse tile for so many rows and vectors.</summary>
internal static unsafe class SparseTiles<V>
    where V : struct, ILanes<V>
{
    /// <summary>Features next to each other that share the samples of a tile of dW.</summary>
    public static int Features => V.Registers >= 32 ? 8 : 4;

    /// <summary>Most vectors in a row of a tile over a list: 4 samples of them, a row of W and one
    /// number of X fill the registers of 16, and hide the loads with 32.</summary>
    public static int MaxListVectors => V.Registers >= 32 ? 4 : 3;

    /// <summary>Rows are samples, terms are features.</summary>
    public static void Run(
        int rows, in ColumnGroup group, ushort* features, int count, float* a, float* c,
        float* next)
    {
        switch (group.Vectors)
        {
            case 1: Samples<One>(rows, group, features, count, a, c, next); break;
            case 2: Samples<Two>(rows, group, features, count, a, c, next); break;
            case 3: Samples<Three>(rows, group, features, count, a, c, next); break;
            default: Samples<Four>(rows, group, features, count, a, c, next); break;
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
        int rows, in ColumnGroup group, ushort* features, int count, float* a, float* c,
        float* next)
        where N : struct, IExtent
    {
        Operands s = group.S;
        float* b = group.First, l = group.Last;
        switch (rows)
        {
            case 1: ListTile<V, One, N>.Run(s, features, count, a, b, l, c, next); break;
            case 2: ListTile<V, Two, N>.Run(s, features, count, a, b, l, c, next); break;
            case 3: ListTile<V, Three, N>.Run(s, features, count, a, b, l, c, next); break;
            default: ListTile<V, Four, N>.Run(s, features, count, a, b, l, c, next); break;
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
            case 4: Run<Four, N>(group, from.Of<Four>(), a, c, stack); break;
            case 5: Run<Five, N>(group, from.Of<Five>(), a, c, stack); break;
            case 6: Run<Six, N>(group, from.Of<Six>(), a, c, stack); break;
            case 7: Run<Seven, N>(group, from.Of<Seven>(), a, c, stack); break;
            default: Run<Eight, N>(group, from.Of<Eight>(), a, c, stack); break;
        }
    }

    private static void Run<R, N>(
        in ColumnGroup group, SampleMasks<R> samples, float* a, float* c, float* stack)
        where R : struct, IExtent
        where N : struct, IExtent
    {
        Operands s = group.S;
        MaskTile<V, R, N>.Run(s, samples, a, group.First, c, stack);
    }

    private readonly struct MaskSource(uint* masks, nint stride, int microbatches, int microbatch)
    {
        public SampleMasks<R> Of<R>()
            where R : struct, IExtent => new(masks, stride, microbatches, microbatch);
    }
}
