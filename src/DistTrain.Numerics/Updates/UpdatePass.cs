namespace DistTrain.Numerics;

/// <summary>
/// One optimizer step over an interval: scale, clip, L2, moments, weights, in one pass that also
/// tells whether the gradient and the new weights are finite.
/// </summary>
internal static unsafe class UpdatePass<V>
    where V : struct, ILanes<V>
{
    /// <summary>Pointers to the same interval of each operand; moments not used are null.</summary>
    internal readonly struct Operands
    {
        public required float* Root { get; init; }

        public required float* Before { get; init; }

        public required float* After { get; init; }

        public required float* First { get; init; }

        public required float* Second { get; init; }
    }

    /// <summary>Returns true if every gradient and every new weight is finite.</summary>
    public static bool Run<TRule>(in Operands o, int length, in UpdateStep step)
        where TRule : struct, IUpdateRule<V>
    {
        var constants = new UpdateLanes<V>(step);
        V notFinite = V.Broadcast(0);
        int i = 0;
        for (; i + V.Count <= length; i += V.Count)
        {
            V before = V.Load(o.Before + i);
            V first = o.First == null ? default : V.Load(o.First + i);
            V second = o.Second == null ? default : V.Load(o.Second + i);
            V gradient = constants.Prepare(V.Load(o.Root + i), before);
            V after = TRule.Step(
                constants, gradient, constants.Decayed(before), ref first, ref second);
            V.Store(o.After + i, after);
            if (o.First != null)
            {
                V.Store(o.First + i, first);
            }

            if (o.Second != null)
            {
                V.Store(o.Second + i, second);
            }

            notFinite = notFinite | (gradient - gradient) | (after - after);
        }

        if (i < length)
        {
            int count = length - i;
            V before = V.LoadPartial(o.Before + i, count);
            V first = o.First == null ? default : V.LoadPartial(o.First + i, count);
            V second = o.Second == null ? default : V.LoadPartial(o.Second + i, count);
            V gradient = constants.Prepare(V.LoadPartial(o.Root + i, count), before);
            V after = TRule.Step(
                constants, gradient, constants.Decayed(before), ref first, ref second);
            V.StorePartial(o.After + i, after, count);
            if (o.First != null)
            {
                V.StorePartial(o.First + i, first, count);
            }

            if (o.Second != null)
            {
                V.StorePartial(o.Second + i, second, count);
            }

            notFinite = notFinite | (gradient - gradient) | (after - after);
        }

        return AllZeroBits(notFinite);
    }

    // x − x is +0 for a finite x and NaN for any other.
    private static bool AllZeroBits(V value)
    {
        float* lanes = stackalloc float[V.Count];
        V.Store(lanes, value);
        uint bits = 0;
        for (int l = 0; l < V.Count; l++)
        {
            bits |= BitConverter.SingleToUInt32Bits(lanes[l]);
        }

        return bits == 0;
    }
}
