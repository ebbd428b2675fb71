using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

/// <summary>Any number of threads computes the bits of one.</summary>
public sealed class TeamComputerTests : IDisposable
{
    private const int MaxMembers = 5;

    private readonly ComputeTeam[] _teams =
        [.. Enumerable.Range(1, MaxMembers).Select(members => new ComputeTeam(members))];

    public static TheoryData<Isa> Isas => Tasks.Isas;

    public void Dispose()
    {
        foreach (ComputeTeam team in _teams)
        {
            team.Dispose();
        }
    }

    [Fact]
    public void All_nodes_of_trees_of_1_to_40_microbatches_have_the_bits_of_one_thread()
    {
        // 9,885 parameters are three blocks, the last one short; so is the last microbatch.
        InMemoryDataset set = Tasks.UnevenSet(1, 130, 70, 5);
        for (int leaves = 1; leaves <= 40; leaves++)
        {
            Recipe recipe = Tasks.Recipe("70-130:gelu-dropout:0.2-5") with
            {
                Loss = Loss.Sse,
                BatchSize = (3 * leaves) - 1,
                Microbatch = 3,
            };
            CheckAllNodes(Tasks.Create(recipe, set), step: 0, IsaSupport.Best);
        }
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void Every_instruction_set_adds_the_parts_as_one_thread_does(Isa isa)
    {
        Recipe recipe = Tasks.Recipe("7-9:relu-6:softmax") with
        {
            BatchSize = 26,
            Microbatch = 2,
        };
        TrainingTask task = Tasks.Create(recipe, Tasks.RandomSet(2, 41, 7, 6));
        CheckAllNodes(task, step: 0, isa);
        CheckAllNodes(task, step: 1, isa);
    }

    [Fact]
    public void A_batch_of_several_passes_has_the_bits_of_one_thread()
    {
        Recipe recipe = Tasks.Recipe("3-4:relu-2") with { BatchSize = 1100, Loss = Loss.Sse };
        TrainingTask task = Tasks.Create(recipe, Tasks.UnevenSet(3, 1500, 3, 2));
        CheckAllNodes(task, step: 0, IsaSupport.Best);
    }

    [Fact]
    public void Replicas_of_a_round_have_the_bits_of_one_thread()
    {
        Recipe recipe = Tasks.Recipe("7-9:tanh-5") with
        {
            BatchSize = 10,
            Mode = new ModeRecipe { Kind = ModeKind.LocalSteps, Replicas = 7, LocalSteps = 2 },
        };
        TrainingTask task = Tasks.Create(recipe, Tasks.RandomSet(4, 170, 7, 5));
        task.Steps.LeavesOf(0).ShouldBe(7);
        task.Steps.LeavesOf(1).ShouldBe(3, "a short round");
        CheckAllNodes(task, step: 0, IsaSupport.Best);
        CheckAllNodes(task, step: 1, IsaSupport.Best);
    }

    [Fact]
    public void What_a_thread_throws_comes_to_the_caller_and_the_next_node_is_right()
    {
        var set = new UnreadableSet(Tasks.RandomSet(7, 64, 7, 5), unreadable: 40)
        {
            IsBroken = true,
        };
        TrainingTask task = Tasks.Create(Tasks.Recipe("7-9:relu-5") with { BatchSize = 64 }, set);
        NodeComputer computer = For(task, _teams[2], IsaSupport.Best);
        float[] parameters = Tasks.InitialParameters(task);
        float[] gradient = new float[parameters.Length];
        Should.Throw<DataException>(
            () => computer.Compute(0, 0, 4, parameters.AsMemory(), gradient.AsMemory()));
        set.IsBroken = false;
        float[] expected = new float[parameters.Length];
        NodeComputer.For(task, Kernels.For(IsaSupport.Best))
            .Compute(0, 0, 4, parameters, expected);
        computer.Compute(0, 0, 4, parameters.AsMemory(), gradient.AsMemory());
        gradient.ShouldHaveTheBitsOf(expected, "gradient");
    }

    [Fact]
    public void Blocks_that_do_not_fit_are_refused()
    {
        TrainingTask task = Tasks.Create(
            Tasks.Recipe("7-9:relu-5") with { BatchSize = 64 }, Tasks.RandomSet(5, 64, 7, 5));
        NodeComputer computer = For(task, _teams[1], IsaSupport.Best);
        float[] whole = Tasks.InitialParameters(task);
        Memory<float> cut = whole.AsMemory(1);
        Should.Throw<ArgumentOutOfRangeException>(() => computer.Compute(0, 0, 4, cut, whole));
        Should.Throw<ArgumentOutOfRangeException>(
            () => computer.Compute(0, 0, 4, whole.AsMemory(), cut));
        Should.Throw<ArgumentOutOfRangeException>(
            () => computer.Compute(0, 0, 4, cut.Span, whole));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_step_allocates_nothing_on_any_thread(int members)
    {
        Recipe recipe = Tasks.Recipe("7-9:relu-dropout:0.2-5") with { BatchSize = 64 };
        TrainingTask task = Tasks.Create(recipe, Tasks.RandomSet(6, 1280, 7, 5));
        ComputeTeam team = _teams[members - 1];
        NodeComputer computer = For(task, team, IsaSupport.Best);
        Memory<float> parameters = Tasks.InitialParameters(task);
        Memory<float> gradient = new float[parameters.Length];
        Run(5);
        TeamAllocations.ShouldBeNoneOf(team, () => Run(15));

        void Run(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                computer.Compute(step, 0, 4, parameters, gradient);
            }
        }
    }

    private void CheckAllNodes(TrainingTask task, long step, Isa isa)
    {
        float[] parameters = Tasks.InitialParameters(task);
        NodeComputer[] computers = [.. _teams.Select(team => For(task, team, isa))];
        NodeComputer one = NodeComputer.For(task, Kernels.For(isa));
        float[] expected = new float[parameters.Length];
        float[] actual = new float[parameters.Length];
        foreach ((int first, int end) in NodesOf(0, task.Steps.LeavesOf(step)))
        {
            BatchMetrics metrics = one.Compute(step, first, end, parameters, expected);
            foreach (NodeComputer computer in computers)
            {
                string what = $"[{first}, {end}) of {task.Steps.LeavesOf(step)}";
                actual.AsSpan().Fill(float.NaN);
                Check(computer.Compute(
                    step, first, end, parameters.AsMemory(), actual.AsMemory()));
                actual.AsSpan().Fill(float.NaN);
                Check(computer.Compute(
                    step, first, end, parameters.AsSpan(), actual.AsSpan()));

                void Check(BatchMetrics found)
                {
                    actual.ShouldHaveTheBitsOf(expected, what);
                    found.LossSum.ShouldHaveTheBitsOf(metrics.LossSum, what);
                    found.ShouldBe(metrics, what);
                }
            }
        }
    }

    private static NodeComputer For(TrainingTask task, ComputeTeam team, Isa isa) =>
        NodeComputer.For(task, team, () => Kernels.For(isa));

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
}
