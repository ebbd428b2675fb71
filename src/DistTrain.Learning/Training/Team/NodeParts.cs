using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// A node of a step's tree taken apart into nodes for so many threads: the largest part is halved
/// by the tree's own rule until there are enough, or only leaves. Used again for the next node.
/// </summary>
/// <param name="most">Parts at most, 1 or more.</param>
internal sealed class NodeParts(int most)
{
    private readonly (int First, int End)[] _parts = new (int, int)[most];
    private readonly (int Left, int Right)[] _sums = new (int, int)[most - 1];
    private int _sumCount;

    /// <summary>Parts there are.</summary>
    public int Count { get; private set; }

    /// <summary>Which sums make the node of the parts, in order: right is added to left, which
    /// stands for both from then on. In the end the first part is the node.</summary>
    public ReadOnlySpan<(int Left, int Right)> Sums => _sums.AsSpan(0, _sumCount);

    /// <summary>The leaves of a part, in order.</summary>
    public (int First, int End) this[int part] => _parts[part];

    /// <summary>Takes a node apart.</summary>
    public void Split(int first, int end)
    {
        _parts[0] = (first, end);
        Count = 1;
        while (Count < _parts.Length && TrySplitLargest())
        {
        }

        _sumCount = 0;
        int next = 0;
        Fold(first, end, ref next);
    }

    private bool TrySplitLargest()
    {
        int largest = 0;
        for (int i = 1; i < Count; i++)
        {
            largest = LeavesOf(i) > LeavesOf(largest) ? i : largest;
        }

        if (LeavesOf(largest) < 2)
        {
            return false;
        }

        (int first, int end) = _parts[largest];
        int middle = ReductionTree.Middle(first, end);
        _parts.AsSpan(largest, Count - largest).CopyTo(_parts.AsSpan(largest + 1));
        _parts[largest] = (first, middle);
        _parts[largest + 1] = (middle, end);
        Count++;
        return true;
    }

    /// <returns>The part that stands for the node [first, end).</returns>
    private int Fold(int first, int end, ref int next)
    {
        if (_parts[next] == (first, end))
        {
            return next++;
        }

        int middle = ReductionTree.Middle(first, end);
        int left = Fold(first, middle, ref next);
        int right = Fold(middle, end, ref next);
        _sums[_sumCount++] = (left, right);
        return left;
    }

    private int LeavesOf(int part) => _parts[part].End - _parts[part].First;
}
