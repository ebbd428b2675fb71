using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

public sealed class LocalStepsTests
{
    // 10 batches, the last one short.
    private static readonly InMemoryDataset Data = Tasks.RandomSet(3, 390, 12, 4);

    private static readonly Kernels Best = Kernels.For(IsaSupport.Best);

    private static Recipe Sync => Tasks.Recipe("12-16:tanh-dropout:0.2-4:softmax") with
    {
        BatchSize = 40,
        Epochs = 1,
        ClipNorm = 0.5,
        LearningRate = 0.01,
        Schedule = new ScheduleRecipe { Kind = ScheduleKind.Cosine, WarmupSteps = 3 },
    };

    // Moves all the way to the local parameters, which the outer step does not otherwise touch.
    private static ModeRecipe OneReplica => new()
    {
        Kind = ModeKind.LocalSteps,
        Replicas = 1,
        OuterLearningRate = 1,
        OuterMomentum = 0,
    };

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.Momentum)]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.AdamW)]
    public void One_replica_over_a_whole_epoch_is_synchronous_training_but_for_rounding(
        OptimizerKind optimizer)
    {
        Recipe recipe = Sync with
        {
            Optimizer = new OptimizerRecipe { Kind = optimizer },
            WeightDecay = optimizer == OptimizerKind.AdamW ? 0.1 : 0,
        };
        ReferenceResult synchronous = Train(recipe);
        ReferenceResult local = Train(recipe with { Mode = OneReplica with { LocalSteps = 10 } });

        ShouldBeNear(local.Parameters, synchronous.Parameters);
        local.Epochs[0].Steps.ShouldBe(1);
        local.Epochs[0].TrainLoss.ShouldBe(synchronous.Epochs[0].TrainLoss);
        local.Epochs[0].TrainAccuracy.ShouldBe(synchronous.Epochs[0].TrainAccuracy);
        local.Epochs[0].LearningRate.ShouldBe(synchronous.Epochs[0].LearningRate);
    }

    [Fact]
    public void One_replica_with_rounds_of_one_step_is_synchronous_sgd_but_for_rounding()
    {
        Recipe recipe = Sync with
        {
            Epochs = 3,
            LearningRate = 0.1,
            Optimizer = new OptimizerRecipe { Kind = OptimizerKind.Sgd },
        };
        ReferenceResult local = Train(recipe with { Mode = OneReplica with { LocalSteps = 1 } });

        local.Epochs[^1].Steps.ShouldBe(30);
        ShouldBeNear(local.Parameters, Train(recipe).Parameters);
    }

    [Fact]
    public void Moments_start_anew_in_every_round()
    {
        // Adam's first step is learning rate times the gradient's sign: so is each of these.
        Recipe recipe = Sync with
        {
            ClipNorm = null,
            Schedule = new ScheduleRecipe(),
            Mode = OneReplica with { LocalSteps = 1 },
        };
        TrainingTask task = Tasks.Create(recipe, Data);
        float[] parameters = Tasks.InitialParameters(task);
        var computer = NodeComputer.For(task, Best);
        float[] difference = new float[parameters.Length];
        for (int round = 0; round < 2; round++)
        {
            computer.Compute(round, 0, 1, parameters, difference);
            difference.Where(d => d != 0).ShouldNotBeEmpty();
            difference.Where(d => d != 0).ShouldAllBe(d => Math.Abs(Math.Abs(d) - 0.01) < 1e-5);
        }
    }

    [Fact]
    public void The_schedule_counts_the_steps_of_one_replica()
    {
        TrainingTask task = Tasks.Create(
            Sync with
            {
                Epochs = 2,
                Mode = new ModeRecipe { Kind = ModeKind.LocalSteps, LocalSteps = 2, Replicas = 3 },
            },
            Data);

        // 10 batches for 3 replicas: 4 local steps an epoch, in rounds of 6 and 4 batches.
        double RateOf(long localStep) =>
            LearningRateSchedule.RateAt(task.Recipe, localStep, stepsPerEpoch: 4);
        task.Steps.StepsPerEpoch.ShouldBe(2);
        task.Steps.TotalSteps.ShouldBe(4);
        task.Steps.RateAt(0).ShouldBe(RateOf(1));
        task.Steps.RateAt(1).ShouldBe(RateOf(3));
        task.Steps.RateAt(3).ShouldBe(RateOf(7));
    }

    [Fact]
    public void The_outer_step_is_nesterovs_on_the_mean_of_the_replicas()
    {
        TrainingTask task = Tasks.Create(
            Sync with { Mode = new ModeRecipe { Kind = ModeKind.LocalSteps, Replicas = 3 } }, Data);
        int count = task.Layout.Count;
        var optimizer = new SliceOptimizer(task, new ParameterInterval(0, count), Best);
        float[] parameters = Tasks.InitialParameters(task);
        double[] expected = [.. parameters.Select(p => (double)p)];
        double[] velocity = new double[count];
        var random = new Random(1);
        for (long round = 0; round < 3; round++)
        {
            int replicas = task.Steps.LeavesOf(round);
            float[][] moved =
                [.. Enumerable.Range(0, replicas).Select(_ => Tasks.Numbers(random, count, 0.1))];
            optimizer.Apply(
                round, [.. moved.Select((m, i) => new NodeGradient(i, i + 1, m, default))], null,
                parameters, parameters).IsFinite.ShouldBeTrue();
            for (int i = 0; i < count; i++)
            {
                double mean = moved.Average(m => (double)m[i]);
                velocity[i] = (0.9 * velocity[i]) + mean;
                expected[i] -= 0.7 * (mean + (0.9 * velocity[i]));
            }
        }

        task.Steps.LeavesOf(3).ShouldBe(1, "the last batch of ten is dealt to one of three");
        ShouldBeNear(parameters, [.. expected.Select(e => (float)e)]);
        optimizer.FirstMoment.Length.ShouldBe(count);
        optimizer.SecondMoment.Length.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Tasks.Isas), MemberType = typeof(Tasks))]
    public void Any_cover_of_a_round_by_nodes_gives_the_references_bits(Isa isa)
    {
        TrainingTask task = GoldenRecipes.Task(GoldenRecipes.LocalSteps);
        var cluster = new Cluster(task, slices: 2, _ => Kernels.For(isa));
        (int, int)[][] covers = [[(0, 3)], [(0, 2), (2, 3)], [(0, 1), (1, 2), (2, 3)]];
        for (long round = 0; round < task.Steps.TotalSteps; round++)
        {
            (int, int)[] cover = task.Steps.LeavesOf(round) == 3
                ? covers[round % covers.Length]
                : [(0, 1)];
            cluster.Take(round, cover, _ => Kernels.For(isa));
        }

        ParameterHash.Sha256(cluster.Parameters)
            .ShouldBe(GoldenRecipes.WeightsSha256(GoldenRecipes.LocalSteps));
    }

    [Fact]
    public void More_replicas_than_batches_are_refused()
    {
        var mode = new ModeRecipe { Kind = ModeKind.LocalSteps, Replicas = 11 };
        RecipeProblem problem = Should.Throw<RecipeException>(
            () => Tasks.Create(Sync with { Mode = mode }, Data)).Problems.ShouldHaveSingleItem();
        problem.Key.ShouldBe("replicas");
        problem.Message.ShouldBe("11 are more than the 10 batches of an epoch");
    }

    [Fact]
    public void A_replica_that_diverges_stops_the_run()
    {
        Recipe recipe = Sync with
        {
            ClipNorm = null,
            Loss = Loss.Sse,
            LearningRate = 1e25,
            Optimizer = new OptimizerRecipe { Kind = OptimizerKind.Sgd },
            Layers = LayersText.Parse("12-16:linear-4:linear").Layers,
            Mode = new ModeRecipe { Kind = ModeKind.LocalSteps, LocalSteps = 3, Replicas = 2 },
        };
        Should.Throw<NotFiniteNumberException>(() => Train(recipe)).Message.ShouldStartWith(
            "Step 0:");
    }

    private static ReferenceResult Train(Recipe recipe) =>
        ReferenceTrainer.Train(Tasks.Create(recipe, Data), Best);

    private static void ShouldBeNear(float[] actual, float[] expected)
    {
        actual.Length.ShouldBe(expected.Length);
        actual.Zip(expected, (a, e) => Math.Abs(a - e)).Max().ShouldBeLessThan(3e-6f);
    }
}
