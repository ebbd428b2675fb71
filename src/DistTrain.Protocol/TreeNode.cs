using System.Numerics;

namespace DistTrain.Protocol;

/// <summary>
/// A node of the microbatch tree (N3 of the numeric contract): the microbatches
/// [<see cref="Start"/>, <see cref="End"/>). A node of more than one is split at Start + the
/// largest power of two below its length.
/// </summary>
public readonly record struct TreeNode(int Start, int End)
{
    public int Length => End - Start;

    public bool IsLeaf => Length == 1;

    /// <summary>Where the right child begins. Only for a node that is not a leaf.</summary>
    public int Middle => Start + (int)(BitOperations.RoundUpToPowerOf2((uint)Length) / 2);

    public TreeNode Left => new(Start, Middle);

    public TreeNode Right => new(Middle, End);

    public bool Contains(TreeNode other) => Start <= other.Start && other.End <= End;

    /// <summary>Whether this is a node of the tree of <paramref name="leaves"/>.</summary>
    public bool IsInTreeOf(int leaves)
    {
        if (Start < 0 || End > leaves || Length < 1)
        {
            return false;
        }

        var node = new TreeNode(0, leaves);
        while (node != this)
        {
            if (node.IsLeaf)
            {
                return false;
            }

            node = Start >= node.Middle ? node.Right : node.Left;
        }

        return true;
    }

    public override string ToString() => $"[{Start}, {End})";
}
