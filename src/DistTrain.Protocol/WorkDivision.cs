using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>
/// Divides a step's microbatch tree among workers: at most two tree nodes each, so that at most
/// two gradients of a worker travel a step. The largest node is split (the first one among
/// equals) until there are k nodes, W ≤ k ≤ 2W; the W largest go to one worker each, the others
/// are paired with them, smallest with largest. The smallest k with the least maximal load wins.
/// </summary>
/// <remarks>
/// A pure function of the number of workers and microbatches. The largest load is at most
/// 3/2 · ⌈n / W⌉ (tested for all n ≤ 256, W ≤ 64; the worst there is 24 for 17, at n = 136,
/// W = 8). Workers beyond the microbatches idle.
/// </remarks>
public static class WorkDivision
{
    /// <summary>The nodes of one worker in tree order; none if the assignment lacks it.</summary>
    public static ImmutableArray<TreeNode> NodesOf(
        Assignment assignment, WorkerId worker, int microbatches)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        int index = assignment.Workers.IndexOf(worker);
        return index < 0 ? [] : Divide(assignment.Workers.Length, microbatches)[index];
    }

    /// <summary>The nodes of each of <paramref name="workers"/>, in tree order.</summary>
    public static ImmutableArray<TreeNode>[] Divide(int workers, int microbatches)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(workers);
        ArgumentOutOfRangeException.ThrowIfNegative(microbatches);
        var shares = new ImmutableArray<TreeNode>[workers];
        Array.Fill(shares, []);
        int busy = Math.Min(workers, microbatches);
        if (busy == 0)
        {
            return shares;
        }

        List<TreeNode> nodes = SplitInto(BestCount(busy, microbatches), microbatches);
        for (int i = 0; i < busy; i++)
        {
            int partner = 2 * busy - 1 - i;
            shares[i] = partner >= nodes.Count ? [nodes[i]]
                : nodes[i].Start < nodes[partner].Start ? [nodes[i], nodes[partner]]
                : [nodes[partner], nodes[i]];
        }

        return shares;
    }

    private static int BestCount(int workers, int microbatches)
    {
        List<TreeNode> nodes = SplitInto(workers, microbatches);
        int most = Math.Min(2 * workers, microbatches);
        int best = workers;
        int bestLoad = MaximalLoad(nodes, workers);
        int leastLoad = (microbatches + workers - 1) / workers;
        while (nodes.Count < most && bestLoad > leastLoad)
        {
            SplitLargest(nodes);
            int load = MaximalLoad(nodes, workers);
            if (load < bestLoad)
            {
                (best, bestLoad) = (nodes.Count, load);
            }
        }

        return best;
    }

    private static int MaximalLoad(List<TreeNode> nodes, int workers)
    {
        int load = nodes[0].Length;
        for (int i = workers; i < nodes.Count; i++)
        {
            load = Math.Max(load, nodes[2 * workers - 1 - i].Length + nodes[i].Length);
        }

        return load;
    }

    private static List<TreeNode> SplitInto(int count, int microbatches)
    {
        var nodes = new List<TreeNode>(count) { new(0, microbatches) };
        while (nodes.Count < count)
        {
            SplitLargest(nodes);
        }

        return nodes;
    }

    /// <summary>Nodes are ordered from the largest, equals from the first.</summary>
    internal static void SplitLargest(List<TreeNode> nodes)
    {
        TreeNode largest = nodes[0];
        nodes.RemoveAt(0);
        Insert(nodes, largest.Left);
        Insert(nodes, largest.Right);
    }

    private static void Insert(List<TreeNode> nodes, TreeNode node)
    {
        int at = nodes.BinarySearch(node, LargestFirst);
        Invariant.Holds(at < 0, "the nodes of a division are distinct");
        nodes.Insert(~at, node);
    }

    internal static readonly IComparer<TreeNode> LargestFirst = Comparer<TreeNode>.Create(
        (a, b) => a.Length != b.Length ? b.Length.CompareTo(a.Length) : a.Start.CompareTo(b.Start));
}
