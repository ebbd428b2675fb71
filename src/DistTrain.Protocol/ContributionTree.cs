using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace DistTrain.Protocol;

/// <summary>What became of a contribution.</summary>
internal enum Acceptance
{
    Accepted,

    /// <summary>Everything it brings is there already.</summary>
    AlreadyCovered,

    /// <summary>It is no node of this tree.</summary>
    NotANode,
}

/// <summary>
/// Which nodes of one microbatch tree are in. The first of equals wins; a node that accepted ones
/// cover is put aside; a node that contains accepted ones and brings more replaces them. Since
/// every correct contribution of a node is the same bits, the choice changes none.
/// </summary>
internal sealed class ContributionTree
{
    // Disjoint, by Start.
    private readonly List<NodeTensor> _accepted = [];
    private int _leaves;
    private int _covered;

    public bool IsComplete => _covered == _leaves;

    /// <summary>Empties the tree for the next step.</summary>
    public void Begin(int leaves)
    {
        _accepted.Clear();
        _leaves = leaves;
        _covered = 0;
    }

    public Acceptance Accept(TreeNode node, TensorHandle tensor)
    {
        if (!node.IsInTreeOf(_leaves))
        {
            return Acceptance.NotANode;
        }

        int first = FirstEndingAfter(node.Start);
        if (first < _accepted.Count && _accepted[first].Node.Contains(node))
        {
            return Acceptance.AlreadyCovered;
        }

        int end = first;
        int inside = 0;
        for (; end < _accepted.Count && node.Contains(_accepted[end].Node); end++)
        {
            inside += _accepted[end].Node.Length;
        }

        if (inside == node.Length)
        {
            return Acceptance.AlreadyCovered;
        }

        _accepted.RemoveRange(first, end - first);
        _accepted.Insert(first, new NodeTensor(node, tensor));
        _covered += node.Length - inside;
        return Acceptance.Accepted;
    }

    /// <summary>The accepted nodes in tree order; disjoint, they cover the root.</summary>
    public ImmutableArray<NodeTensor> InTreeOrder()
    {
        Invariant.Holds(IsComplete, "only a complete tree is combined");
        return ImmutableCollectionsMarshal.AsImmutableArray(_accepted.ToArray());
    }

    /// <summary>The largest nodes of which nothing is accepted, in tree order.</summary>
    public ImmutableArray<TreeNode> Missing()
    {
        var missing = ImmutableArray.CreateBuilder<TreeNode>();
        Collect(new TreeNode(0, _leaves));
        return missing.ToImmutable();

        void Collect(TreeNode node)
        {
            int first = FirstEndingAfter(node.Start);
            bool isUntouched = first == _accepted.Count || _accepted[first].Node.Start >= node.End;
            if (isUntouched)
            {
                missing.Add(node);
            }
            else if (!_accepted[first].Node.Contains(node))
            {
                Collect(node.Left);
                Collect(node.Right);
            }
        }
    }

    private int FirstEndingAfter(int start)
    {
        int low = 0;
        int high = _accepted.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            bool isBefore = _accepted[middle].Node.End <= start;
            (low, high) = isBefore ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
