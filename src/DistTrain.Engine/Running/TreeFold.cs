using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>Sums what came for the nodes of a microbatch tree, in the tree's order (N3).</summary>
internal static class TreeFold
{
    /// <param name="root">The whole tree.</param>
    /// <param name="parts">A cover of it by its nodes, in order.</param>
    /// <param name="combine">Left and right child to their parent.</param>
    public static T Root<T>(
        TreeNode root, IReadOnlyList<(TreeNode Node, T Value)> parts, Func<T, T, T> combine)
    {
        int next = 0;
        T value = Fold(root, parts, ref next, combine);
        return next == parts.Count
            ? value
            : throw new InvariantException($"the nodes are no cover of {root}");
    }

    private static T Fold<T>(
        TreeNode node, IReadOnlyList<(TreeNode Node, T Value)> parts, ref int next,
        Func<T, T, T> combine)
    {
        if (next < parts.Count && parts[next].Node == node)
        {
            return parts[next++].Value;
        }

        if (node.IsLeaf)
        {
            throw new InvariantException($"node {node} is missing from a complete tree");
        }

        T left = Fold(node.Left, parts, ref next, combine);
        return combine(left, Fold(node.Right, parts, ref next, combine));
    }
}
