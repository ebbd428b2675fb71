using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>
/// What a worker has begun in one step or evaluation: nodes being computed and nodes computed,
/// with their results. A node is computed once; asked for again, its result is pushed again.
/// </summary>
internal sealed class WorkItems
{
    private readonly record struct Item(TreeNode Node, ImmutableArray<TensorHandle> Results)
    {
        public bool IsComputed => !Results.IsDefault;
    }

    private readonly List<Item> _items = [];

    public void Clear() => _items.Clear();

    /// <returns>False if the node, or one that contains it, was begun before.</returns>
    public bool TryBegin(TreeNode node)
    {
        if (IndexOfContaining(node) >= 0)
        {
            return false;
        }

        _items.Add(new Item(node, default));
        return true;
    }

    /// <summary>The computed node that contains <paramref name="node"/>, if there is one.</summary>
    public bool TryGetComputed(
        TreeNode node, out TreeNode container, out ImmutableArray<TensorHandle> results)
    {
        int index = IndexOfContaining(node);
        (container, results) = index < 0 ? default : (_items[index].Node, _items[index].Results);
        return index >= 0 && _items[index].IsComputed;
    }

    /// <returns>False if this node is not being computed.</returns>
    public bool TryComplete(TreeNode node, ImmutableArray<TensorHandle> results)
    {
        for (int i = 0; i < _items.Count; i++)
        {
            if (_items[i].Node == node && !_items[i].IsComputed)
            {
                _items[i] = new Item(node, results);
                return true;
            }
        }

        return false;
    }

    private int IndexOfContaining(TreeNode node)
    {
        for (int i = 0; i < _items.Count; i++)
        {
            if (_items[i].Node.Contains(node))
            {
                return i;
            }
        }

        return -1;
    }
}
