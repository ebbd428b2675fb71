using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

public sealed class TreeFoldTests
{
    [Fact]
    public void Parts_are_combined_in_the_order_of_the_tree()
    {
        string folded = TreeFold.Root(
            new TreeNode(0, 13),
            [
                (new TreeNode(0, 4), "a"), (new TreeNode(4, 6), "b"), (new TreeNode(6, 8), "c"),
                (new TreeNode(8, 12), "d"), (new TreeNode(12, 13), "e"),
            ],
            (left, right) => $"({left}{right})");

        folded.ShouldBe("((a(bc))(de))");
    }

    [Fact]
    public void A_hole_is_noticed()
    {
        Should.Throw<InvariantException>(() => TreeFold.Root(
            new TreeNode(0, 4), [(new TreeNode(0, 2), 1), (new TreeNode(3, 4), 1)],
            (left, right) => left + right));
    }
}
