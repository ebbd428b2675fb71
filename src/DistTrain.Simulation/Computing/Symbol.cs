using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// Symbolic tensors: a handle's value is a hash of everything that went into it, in order. One
/// missing, doubled or misplaced contribution, or a wrong version, gives another hash.
/// </summary>
internal static class Symbol
{
    public static long Of(params ReadOnlySpan<long> parts)
    {
        ulong hash = 0x9E3779B97F4A7C15;
        foreach (long part in parts)
        {
            hash ^= (ulong)part;
            hash *= 0xD6E8FEB86659FD93;
            hash ^= hash >> 32;
        }

        return (long)hash;
    }

    public static long Of(ImmutableArray<TensorHandle> tensors)
    {
        long hash = tensors.Length;
        foreach (TensorHandle tensor in tensors)
        {
            hash = Of(hash, tensor.Value);
        }

        return hash;
    }

    /// <summary>The gradient, or the metrics, of a node: leaves folded by the tree.</summary>
    public static long OfNode(
        TreeNode node, long kind, long version, long slice, long parameters) =>
        node.IsLeaf
            ? Of(kind, version, node.Start, slice, parameters)
            : Of(OfNode(node.Left, kind, version, slice, parameters),
                OfNode(node.Right, kind, version, slice, parameters));

    /// <summary>
    /// Folds whatever parts there are in tree order. It does not ask whether they cover the tree:
    /// if they do not, the hash tells, and so does a check apart.
    /// </summary>
    public static long Combine(int leaves, ImmutableArray<NodeTensor> parts)
    {
        if (leaves == 0 || parts.IsEmpty)
        {
            return 0;
        }

        int next = 0;
        long root = Fold(new TreeNode(0, leaves), parts, ref next);
        for (; next < parts.Length; next++)
        {
            root = Of(root, parts[next].Tensor.Value);
        }

        return root;
    }

    private static long Fold(TreeNode node, ImmutableArray<NodeTensor> parts, ref int next)
    {
        if (next < parts.Length && parts[next].Node == node)
        {
            return parts[next++].Tensor.Value;
        }

        return node.IsLeaf
            ? 0
            : Of(Fold(node.Left, parts, ref next), Fold(node.Right, parts, ref next));
    }
}
