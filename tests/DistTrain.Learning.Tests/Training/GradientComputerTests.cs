using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

/// <summary>
/// A node's gradient is its children's sum, to the bit, however the computer goes about it.
/// </summary>
public class GradientComputerTests
{
    public static TheoryData<Isa> Isas => Tasks.Isas;

    [Theory]
    [MemberData(nameof(Isas))]
    public void Every_node_of_a_tree_is_the_sum_of_its_children(Isa isa)
    {
        // 26 samples by 2: 13 microbatches, a tree of 25 nodes; the second step is shorter.
        Recipe recipe = Tasks.Recipe("7-9:gelu-dropout:0.2-6:leaky_relu-5") with
        {
            Loss = Loss.Sse,
            BatchSize = 26,
            Microbatch = 2,
        };
        TrainingTask task = Tasks.Create(recipe, Tasks.UnevenSet(1, 41, 7, 5));
        var tree = new TreeOfLeaves(task, Kernels.For(isa));
        foreach (long step in (long[])[0, 1, 3])
        {
            foreach ((int first, int end) in NodesOf(0, task.Batches.MicrobatchesOf(step)))
            {
                tree.CheckNode(step, first, end);
            }
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(50)]
    [InlineData(256)]
    [InlineData(300)]
    public void A_batch_above_the_limit_of_one_pass_is_the_same_tree(int microbatch)
    {
        Recipe recipe = Tasks.Recipe("3-4:relu-2") with
        {
            Loss = Loss.Sse,
            BatchSize = 1100,
            Microbatch = microbatch,
        };
        TrainingTask task = Tasks.Create(recipe, Tasks.UnevenSet(2, 1500, 3, 2));
        var tree = new TreeOfLeaves(task, Kernels.For(IsaSupport.Best));
        tree.CheckNode(0, 0, task.Batches.MicrobatchesOf(0));
        tree.CheckNode(1, 0, task.Batches.MicrobatchesOf(1));
    }

    [Fact]
    public void What_a_computer_did_before_leaves_no_trace()
    {
        Recipe recipe = Tasks.Recipe("7-9:relu-dropout:0.4-5:softmax") with { BatchSize = 20 };
        TrainingTask task = Tasks.Create(recipe, Tasks.RandomSet(3, 50, 7, 5));
        Kernels kernels = Kernels.For(IsaSupport.Best);
        float[] parameters = Tasks.InitialParameters(task);
        float[] expected = new float[parameters.Length];
        float[] actual = Tasks.Numbers(new Random(1), parameters.Length, 1);
        BatchMetrics fresh =
            new GradientComputer(task, kernels).Compute(2, 0, 1, parameters, expected);
        var used = new GradientComputer(task, kernels);
        used.Compute(0, 0, 2, parameters, actual);
        used.Compute(2, 0, 1, parameters, actual).ShouldBe(fresh);
        actual.ShouldHaveTheBitsOf(expected, "gradient");
    }

    private static IEnumerable<(int First, int End)> NodesOf(int first, int end)
    {
        yield return (first, end);
        if (end - first > 1)
        {
            int middle = ReductionTree.Middle(first, end);
            foreach (var node in NodesOf(first, middle).Concat(NodesOf(middle, end)))
            {
                yield return node;
            }
        }
    }

    /// <summary>Adds single microbatches up the tree in plain loops, and compares.</summary>
    private sealed class TreeOfLeaves(TrainingTask task, Kernels kernels)
    {
        private readonly GradientComputer _computer = new(task, kernels);
        private readonly float[] _parameters = Tasks.InitialParameters(task);

        public void CheckNode(long step, int first, int end)
        {
            string what = $"[{first}, {end}) of step {step}";
            (float[] expected, BatchMetrics expectedMetrics) = Sum(step, first, end);
            (float[] actual, BatchMetrics metrics) = Compute(step, first, end);
            actual.ShouldHaveTheBitsOf(expected, what);
            metrics.LossSum.ShouldHaveTheBitsOf(expectedMetrics.LossSum, what);
            metrics.ShouldBe(expectedMetrics, what);
            metrics.Samples.ShouldBe(task.Batches.SamplesOf(step, first, end).Length, what);
        }

        private (float[] Gradient, BatchMetrics Metrics) Sum(long step, int first, int end)
        {
            if (end - first == 1)
            {
                return Compute(step, first, end);
            }

            int middle = ReductionTree.Middle(first, end);
            (float[] left, BatchMetrics leftMetrics) = Sum(step, first, middle);
            (float[] right, BatchMetrics rightMetrics) = Sum(step, middle, end);
            return (
                [.. left.Zip(right, (l, r) => l + r)],
                BatchMetrics.Combine(leftMetrics, rightMetrics));
        }

        private (float[] Gradient, BatchMetrics Metrics) Compute(long step, int first, int end)
        {
            float[] gradient = new float[_parameters.Length];
            return (gradient, _computer.Compute(step, first, end, _parameters, gradient));
        }
    }
}
