using System.Numerics;
using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>
/// The microbatch tree as a binary counter (N3): finished subtrees wait on a stack, and each leaf
/// is merged with those that it completes.
/// </summary>
internal static class LeafCounter
{
    /// <summary>How many subtrees leaf number <paramref name="leaf"/>, counted from 1, takes from
    /// the stack: one for each trailing zero of its number; the last leaf all that are there, one
    /// for each bit of the number of leaves before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MergesAfter(int leaf, bool isLast) => isLast
        ? BitOperations.PopCount((uint)leaf - 1)
        : BitOperations.TrailingZeroCount(leaf);
}
