using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>
/// What a worker has begun in one step or evaluation: nodes being computed and nodes computed,
/// with their results. A node is computed once; asked for again, its result is pushed again.
/// </summary>
internal sealed class WorkItems
{
    /// <summary>A node, the version that it is computed on, and its results once computed.
    /// </summary>
    public readonly record struct Item(
        TreeNode Node, long Version, ImmutableArray<TensorHandle> Results)
    {
        public bool IsComputed => !Results.IsDefault;
    }

    private readonly List<Item> _items = [];

    /// <summary>Something was begun, and all of it is computed.</summary>
    public bool IsDone => _items.Count > 0 && _items.TrueForAll(item => item.IsComputed);

    public void Clear() => _items.Clear();

    /// <returns>False if the node, or one that contains it, was begun before.</returns>
    public bool TryBegin(TreeNode node, long version)
    {
        if (IndexOfContaining(node) >= 0)
        {
            return false;
        }

        _items.Add(new Item(node, version, default));
        return true;
    }

    /// <summary>The computed node that contains <paramref name="node"/>, if there is one.</summary>
    public bool TryGetComputed(TreeNode node, out Item container)
    {
        int index = IndexOfContaining(node);
        container = index < 0 ? default : _items[index];
        return index >= 0 && container.IsComputed;
    }

    /// <returns>False if this node is not being computed on this version.</returns>
    public bool TryComplete(TreeNode node, long version, ImmutableArray<TensorHandle> results)
    {
        for (int i = 0; i < _items.Count; i++)
        {
            Item item = _items[i];
            if (item.Node == node && item.Version == version && !item.IsComputed)
            {
                _items[i] = item with { Results = results };
                return true;
            }
        }

        return false;
    }

    /// <summary>It will not be computed on this version.</summary>
    public void Drop(TreeNode node, long version) => _items.RemoveAll(
        item => item.Node == node && item.Version == version && !item.IsComputed);

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
