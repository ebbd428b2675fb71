using System.Numerics;
using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>
/// <see cref="LeafCounter"/> for a tree some of whose leaves are empty, that is +0: a sum with an
/// empty side is its other side, so nothing is added and nothing moved on the stack. Only where
/// sums of two subtrees are due at an empty leaf is it treated like any other.
/// </summary>
internal struct SparseLeafCounter
{
    // Bit l: a sum of 2^l leaves (as many of them as are not empty) is on the stack; the smallest
    // is on its top.
    private uint _waiting;

    /// <summary>Leaf number <paramref name="leaf"/>, counted from 1.</summary>
    /// <param name="leaf">In order.</param>
    /// <param name="isLast">It goes to the result, which there always is.</param>
    /// <param name="isEmpty">It has no terms.</param>
    /// <param name="merges">Sums that it takes from the stack.</param>
    /// <returns>False if there is nothing to do for it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryBegin(int leaf, bool isLast, bool isEmpty, out int merges)
    {
        uint level = (uint)(leaf & -leaf);
        uint completed = isLast ? _waiting : _waiting & (level - 1);
        merges = BitOperations.PopCount(completed);
        if (!isEmpty || merges > 0)
        {
            _waiting = (_waiting & ~completed) | level;
        }

        return !isEmpty || isLast || merges > 1;
    }
}
