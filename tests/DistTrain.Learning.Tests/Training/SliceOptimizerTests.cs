using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

/// <summary>
/// Slices, contributions and instruction sets of any kind give the bits of one optimizer with one
/// gradient.
/// </summary>
public unsafe class SliceOptimizerTests
{
    private const int Steps = 4;

    private static readonly Kernels Best = Kernels.For(IsaSupport.Best);

    public static TheoryData<int, OptimizerKind, double?> Cases
    {
        get
        {
            var cases = new TheoryData<int, OptimizerKind, double?>();
            foreach (int slices in (int[])[1, 2, 3])
            {
                foreach (OptimizerKind kind in Enum.GetValues<OptimizerKind>())
                {
                    cases.Add(slices, kind, null);
                    cases.Add(slices, kind, 0.3);
                }
            }

            return cases;
        }
    }

    [Fact]
    public void Moments_begin_at_their_places_in_a_page()
    {
        TrainingTask task = ThreeBlocks(OptimizerKind.Adam, clipNorm: null);
        var optimizer = new SliceOptimizer(
            task, new ParameterInterval(0, task.Layout.Count), Best);
        PlaceOf(optimizer.FirstMoment.Span).ShouldBe(UpdateStreams.FirstMoment);
        PlaceOf(optimizer.SecondMoment.Span).ShouldBe(UpdateStreams.SecondMoment);

        static int PlaceOf(Span<float> block) => (int)(
            (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(block))
            % AlignedBuffer<float>.PageBytes);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Slices_and_random_covers_of_the_tree_change_no_bit(
        int slices, OptimizerKind kind, double? clipNorm)
    {
        TrainingTask task = ThreeBlocks(kind, clipNorm);
        for (int seed = 0; seed < 3; seed++)
        {
            var expected = new Cluster(task, 1, _ => Best);
            var random = new Random(seed);
            var actual = new Cluster(task, slices, _ => AnyKernels(random));
            actual.Slices.ShouldBe(slices);
            for (long step = 0; step < Steps; step++)
            {
                int microbatches = task.Batches.MicrobatchesOf(step);
                expected.Take(step, [(0, microbatches)], _ => Best);
                actual.Take(
                    step, RandomCover(random, 0, microbatches), _ => AnyKernels(random));
                string what = $"seed {seed}, step {step}";
                actual.Parameters.ShouldHaveTheBitsOf(expected.Parameters, what);
                actual.FirstMoments.ShouldHaveTheBitsOf(expected.FirstMoments, what);
                actual.SecondMoments.ShouldHaveTheBitsOf(expected.SecondMoments, what);
            }
        }
    }

    [Theory]
    [InlineData(2, OptimizerKind.Adam, null)]
    [InlineData(3, OptimizerKind.AdamW, 0.3)]
    [InlineData(5, OptimizerKind.Momentum, null)] // there are three blocks
    public void A_team_that_shares_the_blocks_changes_no_bit(
        int members, OptimizerKind kind, double? clipNorm)
    {
        TrainingTask task = ThreeBlocks(kind, clipNorm);
        using var team = new ComputeTeam(members, spins: false);
        var random = new Random(members);
        var expected = new Cluster(task, 1, _ => Best);
        var actual = new Cluster(task, 1, _ => AnyKernels(random), team);
        for (long step = 0; step < Steps; step++)
        {
            int microbatches = task.Batches.MicrobatchesOf(step);
            IReadOnlyList<(int, int)> nodes = RandomCover(random, 0, microbatches);
            expected.Take(step, nodes, _ => Best);
            actual.Take(step, nodes, _ => Best);
            actual.Parameters.ShouldHaveTheBitsOf(expected.Parameters, $"step {step}");
            actual.FirstMoments.ShouldHaveTheBitsOf(expected.FirstMoments, $"step {step}");
            actual.SecondMoments.ShouldHaveTheBitsOf(expected.SecondMoments, $"step {step}");
        }
    }

    [Fact]
    public void A_team_tells_the_first_view_that_is_not_finite_and_goes_on()
    {
        TrainingTask task = ThreeBlocks(OptimizerKind.Adam, null);
        int count = task.Layout.Count;
        float[] parameters = Tasks.InitialParameters(task);
        using var team = new ComputeTeam(3, spins: false);
        var optimizer = new SliceOptimizer(
            task, new ParameterInterval(0, count), team, () => Kernels.For(IsaSupport.Best));
        float[] gradient = new float[count];
        string? Apply() => optimizer.Apply(
            0, [new NodeGradient(0, 13, gradient, default)], null, parameters.AsMemory(),
            new float[count].AsMemory()).NotFinite;

        gradient[^1] = float.NaN;
        Apply().ShouldBe(task.Layout.Views[^1].Name);
        gradient[5] = float.PositiveInfinity;
        Apply().ShouldBe(task.Layout.Views[0].Name);
        gradient[^1] = gradient[5] = 0;
        optimizer.FirstMoment.Span.Clear();
        optimizer.SecondMoment.Span.Clear();
        Apply().ShouldBeNull();
        Should.Throw<ArgumentException>(() => optimizer.Apply(
            0, [new NodeGradient(0, 12, gradient, default)], null, parameters.AsMemory(),
            new float[count].AsMemory()));
    }

    [Fact]
    public void Moments_are_kept_only_where_the_optimizer_has_them()
    {
        (int, int) Moments(OptimizerKind kind)
        {
            var cluster = new Cluster(ThreeBlocks(kind, null), 1, _ => Best);
            return (cluster.FirstMoments.Length, cluster.SecondMoments.Length);
        }

        int count = ThreeBlocks(OptimizerKind.Sgd, null).Layout.Count;
        Moments(OptimizerKind.Sgd).ShouldBe((0, 0));
        Moments(OptimizerKind.Momentum).ShouldBe((count, 0));
        Moments(OptimizerKind.Adam).ShouldBe((count, count));
        Moments(OptimizerKind.AdamW).ShouldBe((count, count));
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(8, 13)]
    public void Contributions_that_leave_a_part_of_the_tree_out_are_refused(int first, int end)
    {
        TrainingTask task = ThreeBlocks(OptimizerKind.Sgd, null);
        var cluster = new Cluster(task, 1, _ => Best);
        Should.Throw<ArgumentException>(() => cluster.Take(0, [(first, end)], _ => Best));
        Should.Throw<ArgumentException>(
            () => cluster.Take(0, [(0, 8), (8, 12), (0, 13)], _ => Best));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1.0)]
    public void A_value_that_is_not_finite_is_refused_with_the_name_of_its_layer(double? clipNorm)
    {
        TrainingTask task = ThreeBlocks(OptimizerKind.Adam, clipNorm);
        int count = task.Layout.Count;
        float[] parameters = Tasks.InitialParameters(task);
        foreach (ParameterView view in task.Layout.Views)
        {
            foreach (float bad in (float[])[float.NaN, float.PositiveInfinity])
            {
                float[] gradient = new float[count];
                gradient[view.Offset + view.Length - 1] = bad;
                var optimizer =
                    new SliceOptimizer(task, new ParameterInterval(0, count), Best);
                UpdateResult result = optimizer.Apply(
                    0, [new NodeGradient(0, 13, gradient, default)],
                    clipNorm is null ? null : double.NaN, parameters, new float[count]);
                result.IsFinite.ShouldBeFalse();
                result.NotFinite.ShouldBe(view.Name);
            }
        }
    }

    [Fact]
    public void A_slice_refuses_an_update_whose_gradient_is_not_finite_elsewhere()
    {
        TrainingTask task = ThreeBlocks(OptimizerKind.Adam, 1.0);
        var interval = new ParameterInterval(0, ParameterInterval.Block);
        var optimizer = new SliceOptimizer(task, interval, Best);
        float[] numbers = new float[interval.Length];
        UpdateResult result = optimizer.Apply(
            0, [new NodeGradient(0, 13, numbers, default)], double.PositiveInfinity, numbers,
            new float[interval.Length]);
        result.NotFinite.ShouldBe("the norm of the gradient");
    }

    // 12,130 parameters are three blocks, the last one short; 60 samples are batches of 26, 26, 8.
    private static TrainingTask ThreeBlocks(OptimizerKind kind, double? clipNorm) => Tasks.Create(
        Tasks.Recipe("90-120:tanh-dropout:0.1-10:softmax") with
        {
            BatchSize = 26,
            Microbatch = 2,
            Optimizer = new OptimizerRecipe { Kind = kind },
            LearningRate = 0.05,
            L2 = 0.01,
            WeightDecay = kind == OptimizerKind.AdamW ? 0.02 : 0,
            ClipNorm = clipNorm,
        },
        Tasks.RandomSet(8, 60, 90, 10));

    private static Kernels AnyKernels(Random random) =>
        Kernels.For(IsaSupport.Available[random.Next(IsaSupport.Available.Count)]);

    private static IReadOnlyList<(int First, int End)> RandomCover(
        Random random, int first, int end)
    {
        if (end - first == 1 || random.Next(3) == 0)
        {
            return [(first, end)];
        }

        int middle = ReductionTree.Middle(first, end);
        return [.. RandomCover(random, first, middle), .. RandomCover(random, middle, end)];
    }
}
