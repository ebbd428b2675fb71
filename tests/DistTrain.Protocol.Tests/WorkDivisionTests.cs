using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace DistTrain.Protocol.Tests;

public sealed class WorkDivisionTests
{
    [Fact]
    public void Every_microbatch_is_one_workers_in_at_most_two_tree_nodes_each()
    {
        for (int n = 1; n <= 64; n++)
        {
            for (int workers = 1; workers <= 20; workers++)
            {
                ShouldBeSound(workers, n);
            }
        }
    }

    [Fact]
    public void The_same_holds_for_sizes_drawn_at_random()
    {
        Gen<(int, int)> sizes = from workers in Gen.Choose(1, 300)
                                from n in Gen.Choose(1, 3000)
                                select (workers, n);
        Prop.ForAll(sizes.ToArbitrary(), size => ShouldBeSound(size.Item1, size.Item2))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_largest_load_is_at_most_half_more_than_the_even_share()
    {
        var tooLarge = new List<(int Workers, int Microbatches, int Load)>();
        for (int n = 1; n <= 256; n++)
        {
            for (int workers = 1; workers <= 64; workers++)
            {
                int load = WorkDivision.Divide(workers, n).Max(s => s.Sum(node => node.Length));
                int even = (n + workers - 1) / workers;
                if (2 * load > 3 * even)
                {
                    tooLarge.Add((workers, n, load));
                }
            }
        }

        tooLarge.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, 13, "0:[0, 13)")]
    [InlineData(2, 13, "0:[0, 8) 1:[8, 13)")]
    [InlineData(3, 13, "0:[8, 13) 1:[0, 4) 2:[4, 8)")]
    [InlineData(5, 13, "0:[2, 4) 1:[4, 6) 2:[6, 8)+[12, 13) 3:[1, 2)+[8, 10) 4:[0, 1)+[10, 12)")]
    [InlineData(4, 2, "0:[0, 1) 1:[1, 2) 2: 3:")]
    public void Divisions_are_as_written_here(int workers, int n, string expected)
    {
        IEnumerable<string> shares = WorkDivision.Divide(workers, n)
            .Select((nodes, w) => $"{w}:{string.Join("+", nodes)}");
        string.Join(" ", shares).ShouldBe(expected);
    }

    [Fact]
    public void A_worker_is_found_by_its_place_in_the_assignment()
    {
        var assignment = new Assignment(1, [new WorkerId(7), new WorkerId(3)]);

        WorkDivision.NodesOf(assignment, new WorkerId(3), 13)
            .ShouldBe(WorkDivision.Divide(2, 13)[1]);
        WorkDivision.NodesOf(assignment, new WorkerId(1), 13).ShouldBeEmpty();
    }

    private static void ShouldBeSound(int workers, int n)
    {
        ImmutableArray<TreeNode>[] shares = WorkDivision.Divide(workers, n);
        shares.Length.ShouldBe(workers);
        WorkDivision.Divide(workers, n).SelectMany(s => s).ShouldBe(shares.SelectMany(s => s));
        shares.Count(s => s.IsEmpty).ShouldBe(Math.Max(0, workers - n));
        int covered = 0;
        foreach (ImmutableArray<TreeNode> share in shares)
        {
            share.Length.ShouldBeLessThanOrEqualTo(2);
            foreach (TreeNode node in share)
            {
                IsNodeOfTree(node, new TreeNode(0, n)).ShouldBeTrue();
            }
        }

        foreach (TreeNode node in shares.SelectMany(s => s).OrderBy(node => node.Start))
        {
            node.Start.ShouldBe(covered, $"{workers} workers, {n} microbatches");
            covered = node.End;
        }

        covered.ShouldBe(n);
    }

    /// <summary>By N3's definition, not by the product's code.</summary>
    internal static bool IsNodeOfTree(TreeNode node, TreeNode root)
    {
        if (node == root)
        {
            return true;
        }

        int length = root.End - root.Start;
        if (length <= 1)
        {
            return false;
        }

        int half = 1;
        while (half * 2 < length)
        {
            half *= 2;
        }

        return IsNodeOfTree(node, new TreeNode(root.Start, root.Start + half))
            || IsNodeOfTree(node, new TreeNode(root.Start + half, root.End));
    }
}
