using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

public class NodePartsTests
{
    [Fact]
    public void A_batch_of_13_microbatches_is_taken_apart_where_the_tree_is()
    {
        PartsOf(0, 13, most: 1).ShouldBe([(0, 13)]);
        PartsOf(0, 13, most: 2).ShouldBe([(0, 8), (8, 13)]);
        PartsOf(0, 13, most: 3).ShouldBe([(0, 4), (4, 8), (8, 13)]);
        PartsOf(0, 13, most: 4).ShouldBe([(0, 4), (4, 8), (8, 12), (12, 13)]);
        PartsOf(0, 13, most: 5).ShouldBe([(0, 2), (2, 4), (4, 8), (8, 12), (12, 13)]);
        PartsOf(8, 10, most: 5).ShouldBe([(8, 9), (9, 10)]);
    }

    [Fact]
    public void The_sums_of_the_parts_are_the_node_whatever_its_size()
    {
        for (int most = 1; most <= 9; most++)
        {
            var parts = new NodeParts(most); // used again: what was before leaves no trace
            for (int leaves = 1; leaves <= 40; leaves++)
            {
                parts.Split(0, leaves);
                parts.Count.ShouldBe(Math.Min(most, leaves));
                var nodes = new (int First, int End)?[parts.Count];
                for (int i = 0; i < parts.Count; i++)
                {
                    nodes[i] = parts[i];
                }

                foreach ((int left, int right) in parts.Sums)
                {
                    (int first, int middle) = nodes[left]!.Value;
                    (int next, int end) = nodes[right]!.Value;
                    next.ShouldBe(middle);
                    ReductionTree.Middle(first, end).ShouldBe(middle, "children of one node");
                    (nodes[left], nodes[right]) = ((first, end), null);
                }

                nodes[0].ShouldBe((0, leaves));
                nodes.Skip(1).ShouldAllBe(node => node == null);
            }
        }
    }

    private static (int First, int End)[] PartsOf(int first, int end, int most)
    {
        var parts = new NodeParts(most);
        parts.Split(first, end);
        return [.. Enumerable.Range(0, parts.Count).Select(i => parts[i])];
    }
}
