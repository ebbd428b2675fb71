namespace DistTrain.Numerics;

/// <summary>
/// One optimizer step over an interval: scale, clip, L2, moments, weights, in one pass that also
/// tells how large the new weights are.
/// </summary>
internal static unsafe class UpdatePass<V>
    where V : struct, ILanes<V>
{
    /// <summary>Numbers, 3 KB: the processor's own prefetchers stop at the end of a page, and five
    /// streams reach one often. The best of 1, 2, 3 and 4 KB within training steps.</summary>
    private const int Ahead = 768;

    /// <summary>Pointers to the same interval of each operand; what is not used is null.</summary>
    internal readonly struct Operands
    {
        public required float* Left { get; init; }

        public required float* Right { get; init; }

        public required float* Before { get; init; }

        public required float* After { get; init; }

        public required float* First { get; init; }

        public required float* Second { get; init; }
    }

    /// <summary>Returns the largest magnitude of a new weight; NaN or ∞ if one of them, or a
    /// gradient, is not finite.</summary>
    public static float Run<TRule>(in Operands o, int length, in UpdateStep step)
        where TRule : struct, IUpdateRule<V>
    {
        var constants = new UpdateLanes<V>(step);
        int whole = length - (length % V.Count);
        V largest = RunWhole<TRule>(o, whole, constants);
        if (whole < length)
        {
            largest = V.MaxBits(largest, RunTail<TRule>(o, whole, length - whole, constants));
        }

        return Magnitude<V>.OfLanes(largest);
    }

    private static V RunWhole<TRule>(in Operands o, int length, in UpdateLanes<V> c)
        where TRule : struct, IUpdateRule<V>
    {
        // In locals, so that the JIT keeps them in registers.
        float* left = o.Left, right = o.Right, before = o.Before, after = o.After;
        float* m = o.First, v = o.Second;
        UpdateLanes<V> constants = c;
        V largest = V.Broadcast(0);
        for (int i = 0; i < length; i += V.Count)
        {
            CachePrefetch.LineToL1(left + i + Ahead);
            CachePrefetch.LineToL1(before + i + Ahead);
            if (after != before)
            {
                CachePrefetch.LineToL1(after + i + Ahead);
            }

            if (TRule.Moments > 0)
            {
                CachePrefetch.LineToL1(m + i + Ahead);
            }

            if (TRule.Moments > 1)
            {
                CachePrefetch.LineToL1(v + i + Ahead);
            }

            V weight = V.Load(before + i);
            V first = TRule.Moments > 0 ? V.Load(m + i) : default;
            V second = TRule.Moments > 1 ? V.Load(v + i) : default;
            V root = V.Load(left + i);
            if (right != null)
            {
                root += V.Load(right + i);
            }

            V gradient = constants.Prepare(root, weight);
            V result = TRule.Step(
                constants, gradient, constants.Decayed(weight), ref first, ref second);
            V.Store(after + i, result);
            if (TRule.Moments > 0)
            {
                V.Store(m + i, first);
            }

            if (TRule.Moments > 1)
            {
                V.Store(v + i, second);
            }

            // Under every rule a gradient that is not finite leaves a weight that is not.
            largest = Magnitude<V>.Larger(largest, result);
        }

        return largest;
    }

    // The numbers beside whole vectors, padded with zeros to one and put back.
    private static V RunTail<TRule>(
        in Operands o, int start, int count, in UpdateLanes<V> constants)
        where TRule : struct, IUpdateRule<V>
    {
        float* lanes = stackalloc float[6 * V.Count];
        var padded = new Operands
        {
            Left = Pad(lanes, o.Left + start, count),
            Right = o.Right == null ? null : Pad(lanes + (5 * V.Count), o.Right + start, count),
            Before = Pad(lanes + V.Count, o.Before + start, count),
            After = lanes + (2 * V.Count),
            First = o.First == null ? null : Pad(lanes + (3 * V.Count), o.First + start, count),
            Second = o.Second == null ? null : Pad(lanes + (4 * V.Count), o.Second + start, count),
        };
        V largest = RunWhole<TRule>(padded, V.Count, constants);
        V.StorePartial(o.After + start, V.Load(padded.After), count);
        if (o.First != null)
        {
            V.StorePartial(o.First + start, V.Load(padded.First), count);
        }

        if (o.Second != null)
        {
            V.StorePartial(o.Second + start, V.Load(padded.Second), count);
        }

        return largest;
    }

    private static float* Pad(float* lanes, float* source, int count)
    {
        V.Store(lanes, V.LoadPartial(source, count));
        return lanes;
    }
}
