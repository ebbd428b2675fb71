using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Sums the gradients of tree nodes up to the root, one block of the parameters at a time, so that
/// the partial sums stay in L1.
/// </summary>
internal sealed class GradientCombiner(Kernels kernels)
{
    private readonly List<AlignedBuffer<float>> _sums = [];

    /// <summary>The root's gradient of one block, its last sum left to be done; valid until the
    /// next call.</summary>
    /// <param name="nodes">A cover of the tree [0, end of the last) by its nodes, in order.</param>
    /// <param name="start">First parameter of the block, within the slice.</param>
    /// <param name="length">Parameters in the block.</param>
    public RootGradient Combine(IReadOnlyList<NodeGradient> nodes, int start, int length)
    {
        int end = nodes[^1].End;
        if (nodes.Count == 1)
        {
            return nodes[0].First == 0
                ? nodes[0].Gradient.Span.Slice(start, length)
                : throw new ArgumentException("No contribution for microbatch 0.");
        }

        // The left sum may stand in a buffer that the right one will use: it is moved first.
        int next = 0;
        int middle = ReductionTree.Middle(0, end);
        ReadOnlySpan<float> left = Sum(nodes, ref next, 0, middle, start, length, depth: 1);
        if (next > 1 && next < nodes.Count - 1)
        {
            Span<float> kept = BufferAt(0)[..length];
            left.CopyTo(kept);
            left = kept;
        }

        ReadOnlySpan<float> right = Sum(nodes, ref next, middle, end, start, length, depth: 1);
        return next == nodes.Count
            ? new RootGradient(left, right)
            : throw new ArgumentException("The contributions do not cover the tree in order.");
    }

    /// <summary>The root's gradient of one block, summed; valid until the next call.</summary>
    /// <inheritdoc cref="Combine"/>
    public ReadOnlySpan<float> CombineAll(IReadOnlyList<NodeGradient> nodes, int start, int length)
    {
        RootGradient root = Combine(nodes, start, length);
        if (root.Right.IsEmpty)
        {
            return root.Left;
        }

        Span<float> sum = BufferAt(0)[..length];
        kernels.Add(root.Left, root.Right, sum);
        return sum;
    }

    private ReadOnlySpan<float> Sum(
        IReadOnlyList<NodeGradient> nodes, scoped ref int next, int first, int end,
        int start, int length, int depth)
    {
        NodeGradient node = nodes[next];
        if (node.First == first && node.End == end)
        {
            next++;
            return node.Gradient.Span.Slice(start, length);
        }

        if (end - first < 2)
        {
            throw new ArgumentException($"No contribution for microbatch {first}.");
        }

        // The left sum may stand in the next depth's buffer, which the right one will use: it is
        // moved to this depth's own first.
        int middle = ReductionTree.Middle(first, end);
        Span<float> sum = BufferAt(depth)[..length];
        ReadOnlySpan<float> left = Sum(nodes, ref next, first, middle, start, length, depth + 1);
        if (next < nodes.Count && nodes[next].First == middle && nodes[next].End == end)
        {
            kernels.Add(left, nodes[next++].Gradient.Span.Slice(start, length), sum);
            return sum;
        }

        left.CopyTo(sum);
        ReadOnlySpan<float> right = Sum(nodes, ref next, middle, end, start, length, depth + 1);
        kernels.Add(sum, right, sum);
        return sum;
    }

    private Span<float> BufferAt(int depth)
    {
        while (_sums.Count <= depth)
        {
            bool isLeft = _sums.Count % 2 == 0;
            _sums.Add(new AlignedBuffer<float>(
                ParameterInterval.Block,
                isLeft ? UpdateStreams.Gradient : UpdateStreams.RightGradient));
        }

        return _sums[depth].Span;
    }
}
