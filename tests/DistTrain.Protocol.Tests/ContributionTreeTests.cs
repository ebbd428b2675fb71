using FsCheck;
using FsCheck.Fluent;

namespace DistTrain.Protocol.Tests;

public sealed class ContributionTreeTests
{
    private static readonly Gen<(int Leaves, int Seed)> Streams =
        from leaves in Gen.Choose(1, 40)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select (leaves, seed);

    [Fact]
    public void Any_stream_of_nodes_is_complete_exactly_when_they_cover_the_root()
    {
        Prop.ForAll(Streams.ToArbitrary(), stream =>
        {
            var random = new Random(stream.Seed);
            var tree = new ContributionTree();
            tree.Begin(stream.Leaves);
            var covered = new bool[stream.Leaves];
            while (!tree.IsComplete)
            {
                TreeNode node = RandomNode(random, stream.Leaves);
                bool isNew = !covered.AsSpan()[node.Start..node.End].ToArray().All(c => c);
                Acceptance expected = isNew ? Acceptance.Accepted : Acceptance.AlreadyCovered;

                tree.Accept(node, Tensor(node)).ShouldBe(expected);

                covered.AsSpan()[node.Start..node.End].Fill(true);
                tree.IsComplete.ShouldBe(covered.All(c => c));
            }

            ShouldCover(tree, stream.Leaves);
            tree.Accept(new TreeNode(0, stream.Leaves), default)
                .ShouldBe(Acceptance.AlreadyCovered);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_is_no_node_of_the_tree_is_refused()
    {
        Gen<(int, int, int)> ranges = from leaves in Gen.Choose(1, 40)
                                      from start in Gen.Choose(-2, 42)
                                      from end in Gen.Choose(-2, 42)
                                      select (leaves, start, end);
        Prop.ForAll(ranges.ToArbitrary(), range =>
        {
            (int leaves, int start, int end) = range;
            var tree = new ContributionTree();
            tree.Begin(leaves);
            var node = new TreeNode(start, end);

            Acceptance became = tree.Accept(node, default);

            bool isNode = WorkDivisionTests.IsNodeOfTree(node, new TreeNode(0, leaves));
            became.ShouldBe(isNode ? Acceptance.Accepted : Acceptance.NotANode);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_first_of_equals_wins()
    {
        var tree = new ContributionTree();
        tree.Begin(2);
        tree.Accept(new(0, 1), new(10)).ShouldBe(Acceptance.Accepted);
        tree.Accept(new(0, 1), new(11)).ShouldBe(Acceptance.AlreadyCovered);
        tree.Accept(new(1, 2), new(12)).ShouldBe(Acceptance.Accepted);
        tree.InTreeOrder().Select(n => n.Tensor.Value).ShouldBe([10, 12]);
    }

    [Fact]
    public void A_node_replaces_the_accepted_ones_that_it_contains()
    {
        var tree = new ContributionTree();
        tree.Begin(8);
        tree.Accept(new(0, 2), new(1)).ShouldBe(Acceptance.Accepted);
        tree.Accept(new(3, 4), new(2)).ShouldBe(Acceptance.Accepted);
        tree.Accept(new(4, 8), new(3)).ShouldBe(Acceptance.Accepted);
        tree.Accept(new(0, 4), new(4)).ShouldBe(Acceptance.Accepted);
        tree.InTreeOrder().ShouldBe([
            new NodeTensor(new(0, 4), new(4)), new NodeTensor(new(4, 8), new(3))]);
    }

    [Fact]
    public void A_node_whose_two_children_are_in_is_complete()
    {
        var tree = new ContributionTree();
        tree.Begin(4);
        tree.Accept(new(0, 1), new(1));
        tree.Accept(new(1, 2), new(2));
        tree.Accept(new(0, 2), new(3)).ShouldBe(Acceptance.AlreadyCovered);
    }

    [Fact]
    public void An_incomplete_tree_is_never_combined()
    {
        var tree = new ContributionTree();
        tree.Begin(2);
        tree.Accept(new(0, 1), new(1));
        Should.Throw<InvariantException>(() => tree.InTreeOrder())
            .Message.ShouldContain("only a complete tree is combined");
    }

    private static void ShouldCover(ContributionTree tree, int leaves)
    {
        int end = 0;
        foreach (NodeTensor part in tree.InTreeOrder())
        {
            part.Node.Start.ShouldBe(end);
            part.Tensor.ShouldBe(Tensor(part.Node));
            end = part.Node.End;
        }

        end.ShouldBe(leaves);
    }

    private static TensorHandle Tensor(TreeNode node) => new(node.Start * 1000L + node.End);

    private static TreeNode RandomNode(Random random, int leaves)
    {
        var node = new TreeNode(0, leaves);
        while (!node.IsLeaf && random.Next(5) != 0)
        {
            node = random.Next(2) == 0 ? node.Left : node.Right;
        }

        return node;
    }
}
