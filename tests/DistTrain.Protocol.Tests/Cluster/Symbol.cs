using System.Collections.Immutable;

namespace DistTrain.Protocol.Tests;

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

    public static long Parameters(IEnumerable<long> bySlice) => Of([.. bySlice]);

    /// <summary>The gradient, or the metrics, of a node: leaves folded by the tree.</summary>
    public static long OfNode(
        TreeNode node, long kind, long version, long slice, long parameters) =>
        node.IsLeaf
            ? Of(kind, version, node.Start, slice, parameters)
            : Of(OfNode(node.Left, kind, version, slice, parameters),
                OfNode(node.Right, kind, version, slice, parameters));

    /// <summary>The root of a tree of n from its parts; throws unless they cover it exactly.
    /// </summary>
    public static long Combine(int leaves, ImmutableArray<NodeTensor> parts)
    {
        if (leaves == 0)
        {
            parts.ShouldBeEmpty();
            return 0;
        }

        int used = 0;
        long root = Fold(new TreeNode(0, leaves));
        used.ShouldBe(parts.Length, "a part was combined twice or not at all");
        return root;

        long Fold(TreeNode node)
        {
            foreach (NodeTensor part in parts)
            {
                if (part.Node == node)
                {
                    used++;
                    return part.Tensor.Value;
                }
            }

            node.IsLeaf.ShouldBeFalse($"microbatch {node} is missing");
            return Of(Fold(node.Left), Fold(node.Right));
        }
    }

    public static long Initial(int slice) => Of(1, slice);

    public static long Partials(int slice, long root) => Of(2, slice, root);

    public static long Updated(long before, long root, IEnumerable<long> partials) =>
        Of([before, root, .. partials]);
}
