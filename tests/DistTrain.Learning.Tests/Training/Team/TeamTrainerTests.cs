using System.Globalization;
using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

/// <summary>A team that trains together does what one thread does with a gradient and an update.
/// </summary>
public sealed class TeamTrainerTests : IDisposable
{
    private const int MaxMembers = 5;

    // Behind the batches of an epoch, one of which is short.
    private const int Steps = 7;

    private readonly ComputeTeam[] _teams =
        [.. Enumerable.Range(1, MaxMembers).Select(members => new ComputeTeam(members))];

    public static TheoryData<Isa> Isas => Tasks.Isas;

    /// <summary>Layers, loss, and what else of a recipe changes a step.</summary>
    public static TheoryData<string, Loss> Networks => new()
    {
        { "70-130:relu-5", Loss.CrossEntropy },
        { "70-80:sigmoid-33:tanh-5", Loss.CrossEntropy },
        { "70-96:gelu-dropout:0.2-21:leaky_relu-dropout:0.5-17:relu-5", Loss.CrossEntropy },
        { "70-101:tanh-dropout:0.3-40:softmax-5", Loss.BinaryCrossEntropy },
        { "70-77:relu-5:softmax", Loss.Sse },
        { "70-128:gelu-19:relu-5:sigmoid", Loss.Sse },
        { "70-75", Loss.CrossEntropy },
        { "70-68", Loss.CrossEntropy },
        { "70-75:sigmoid-dropout:0.1", Loss.Sse },
    };

    public static TheoryData<OptimizerKind> Optimizers =>
        [.. Enum.GetValues<OptimizerKind>()];

    public void Dispose()
    {
        foreach (ComputeTeam team in _teams)
        {
            team.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Any_number_of_threads_makes_the_steps_of_one(string layers, Loss loss)
    {
        int classes = Tasks.Recipe(layers).Layers[^1].Units;
        Recipe recipe = Tasks.Recipe(layers) with
        {
            Loss = loss,
            BatchSize = 22,
            Microbatch = 5,
            L2 = 0.01,
            Data = new DataRecipe
            {
                ClassWeights = [.. Enumerable.Range(1, classes).Select(i => i / 3f)],
            },
        };
        CheckSteps(Tasks.Create(recipe, Tasks.RandomSet(1, 91, 70, classes)));
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_optimizer_keeps_its_moments(OptimizerKind optimizer)
    {
        Recipe recipe = Tasks.Recipe("70-90:relu-20:relu-5") with
        {
            BatchSize = 22,
            WeightDecay = optimizer == OptimizerKind.AdamW ? 0.1 : 0,
            Optimizer = new OptimizerRecipe { Kind = optimizer },
        };
        CheckSteps(Tasks.Create(recipe, Tasks.RandomSet(2, 91, 70, 5)));
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void Every_instruction_set_makes_the_same_steps(Isa isa)
    {
        Recipe recipe = Tasks.Recipe("70-100:relu-33:tanh-5") with { BatchSize = 22 };
        CheckSteps(Tasks.Create(recipe, Tasks.RandomSet(3, 91, 70, 5)), isa);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Zeros_of_the_inputs_may_be_skipped(bool skipsZeros)
    {
        Recipe recipe = Tasks.Recipe("70-100:relu-5") with { BatchSize = 40 };
        CheckSteps(Tasks.Create(recipe, SparseSet(4, 91, 70)), skipsZeros: skipsZeros);
    }

    [Theory]
    [InlineData("1400-250:sigmoid-5", true)] // strips of 96, the last one of 58
    [InlineData("1400-100:relu-dropout:0.3-5", true)] // of 80, 20
    [InlineData("1400-240:tanh-dropout:0.2-30:relu-5", false)] // strips of 48
    [InlineData("1400-100:relu-5", false)] // of 48, 32, 20
    public void A_first_layer_beyond_the_caches_is_trained_in_strips(string layers, bool isSparse)
    {
        Recipe recipe = Tasks.Recipe(layers) with { BatchSize = 40 };
        CheckSteps(Tasks.Create(
            recipe,
            isSparse ? SparseSet(9, 50, 1400) : Tasks.RandomSet(9, 50, 1400, 5)));
    }

    /// <summary>Of 2 members, and where it divides of 3, 4 or 5: the units beside whole lines.
    /// </summary>
    [Theory]
    [InlineData("70-100:sigmoid-5", 22)] // 4 units beside 6 lines
    [InlineData("70-65:relu-dropout:0.3-20:tanh-5", 22)] // 1 unit beside 4 lines
    [InlineData("70-72:gelu-dropout:0.5-5", 3)] // 8 units beside 4 lines, samples for 3 members
    [InlineData("7-196:tanh-5", 22)] // 4 beside 12, inputs for one member
    public void Few_units_beside_whole_lines_are_shared(string layers, int batch)
    {
        int inputs = int.Parse(layers[..layers.IndexOf('-')], CultureInfo.InvariantCulture);
        Recipe recipe = Tasks.Recipe(layers) with { BatchSize = batch, Microbatch = 5, L2 = 0.1 };
        CheckSteps(Tasks.Create(recipe, Tasks.RandomSet(10, 91, inputs, 5)));
        CheckSteps(Tasks.Create(recipe, SparseSet(11, 91, inputs)));
    }

    [Fact]
    public void A_batch_of_fewer_samples_than_threads_is_trained_too()
    {
        Recipe recipe = Tasks.Recipe("7-80:relu-9:relu-5") with { BatchSize = 3, Microbatch = 2 };
        CheckSteps(Tasks.Create(recipe, Tasks.RandomSet(5, 10, 7, 5)));
    }

    [Fact]
    public void A_state_goes_from_one_team_to_another_of_any_size()
    {
        Recipe recipe = Tasks.Recipe("70-90:relu-20:relu-5") with { BatchSize = 22 };
        TrainingTask task = Tasks.Create(recipe, Tasks.RandomSet(6, 91, 70, 5));
        var plain = new OneThread(task, IsaSupport.Best);
        float[] parameters = Tasks.InitialParameters(task);
        float[] first = new float[parameters.Length];
        float[] second = new float[parameters.Length];
        for (int step = 0; step < 2 * MaxMembers; step++)
        {
            TeamTrainer trainer = For(task, 1 + (step % MaxMembers));
            trainer.LoadParameters(parameters);
            trainer.LoadMoments(first, second);
            trainer.Compute(step);
            trainer.Apply(step).IsFinite.ShouldBeTrue();
            trainer.StoreParameters(parameters);
            trainer.StoreMoments(first, second);
            plain.Take(step);
            parameters.ShouldHaveTheBitsOf(plain.Parameters, $"parameters after step {step}");
            first.ShouldHaveTheBitsOf(plain.First, $"first moments after step {step}");
            second.ShouldHaveTheBitsOf(plain.Second, $"second moments after step {step}");
        }
    }

    [Theory]
    [InlineData(0, 3e38f)]
    [InlineData(1, 3e38f)]
    [InlineData(2, 3e38f)]
    [InlineData(5, float.PositiveInfinity)]
    public void What_is_not_finite_is_named_as_one_thread_names_it(int view, float value)
    {
        // One weight or bias that spoils some layers or all.
        Recipe recipe = Tasks.Recipe("7-80:relu-20:relu-5") with { BatchSize = 22, L2 = 0.1 };
        TrainingTask task = Tasks.Create(recipe, Tasks.RandomSet(7, 91, 7, 5));
        float[] parameters = Tasks.InitialParameters(task);
        parameters[task.Layout.Views[view].Offset + task.Layout.Views[view].Length - 1] = value;
        var plain = new OneThread(task, IsaSupport.Best);
        parameters.CopyTo(plain.Parameters, 0);
        string? expected = plain.Take(0);
        expected.ShouldNotBeNull();
        for (int members = 1; members <= MaxMembers; members++)
        {
            TeamTrainer trainer = For(task, members);
            trainer.LoadParameters(parameters);
            trainer.Compute(0);
            trainer.Apply(0).NotFinite.ShouldBe(expected, $"{members} members");
            ParametersOf(trainer, task).ShouldHaveTheBitsOf(parameters, "the version stays");
        }
    }

    [Fact]
    public void A_step_that_may_overflow_and_does_not_is_as_any_other()
    {
        // A weight so large that nothing can be said of the step before it is made, and one step on
        // it is not there any more.
        Recipe recipe = Tasks.Recipe("70-80:sigmoid-5") with { BatchSize = 22, Microbatch = 5 };
        TrainingTask task = Tasks.Create(recipe, Tasks.RandomSet(12, 91, 70, 5));
        float[] parameters = Tasks.InitialParameters(task);
        parameters[3] = 1e30f;
        for (int members = 1; members <= MaxMembers; members++)
        {
            TeamTrainer trainer = For(task, members);
            var plain = new OneThread(task, IsaSupport.Best);
            for (int step = 0; step < Steps; step++)
            {
                if (step == 2)
                {
                    plain.Parameters[3] = 1;
                    trainer.LoadParameters(plain.Parameters);
                }
                else if (step == 0)
                {
                    parameters.CopyTo(plain.Parameters, 0);
                    trainer.LoadParameters(parameters);
                }

                trainer.Compute(step);
                trainer.Apply(step).IsFinite.ShouldBeTrue();
                trainer.UpdatesInPlace.ShouldBe(step >= 2, $"step {step}");
                plain.Take(step).ShouldBeNull();
                ParametersOf(trainer, task).ShouldHaveTheBitsOf(
                    plain.Parameters, $"{members} members, step {step}");
            }
        }
    }

    [Fact]
    public void An_update_that_was_broken_off_leaves_no_parameters_until_some_are_loaded()
    {
        TrainingTask task = Tasks.Create(
            Tasks.Recipe("70-80:relu-5") with { BatchSize = 22 }, Tasks.RandomSet(13, 91, 70, 5));
        int updates = 0;
        TeamTrainer trainer = new(
            task, _teams[1],
            () => new BreakingKernels(() => Interlocked.Increment(ref updates) == 3));
        float[] parameters = Tasks.InitialParameters(task);
        trainer.LoadParameters(parameters);
        trainer.Compute(0);
        Should.Throw<InvalidOperationException>(() => trainer.Apply(0)).Message.ShouldBe("broken");
        trainer.IsBroken.ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => trainer.StoreParameters(parameters))
            .Message.ShouldContain("broken off");
        Should.Throw<InvalidOperationException>(() => trainer.Compute(0));

        trainer.LoadParameters(parameters);
        trainer.LoadMoments(new float[parameters.Length], new float[parameters.Length]);
        trainer.Compute(0);
        trainer.Apply(0).IsFinite.ShouldBeTrue();
        var plain = new OneThread(task, IsaSupport.Best);
        plain.Take(0);
        ParametersOf(trainer, task).ShouldHaveTheBitsOf(plain.Parameters, "parameters");
    }

    [Fact]
    public void What_a_thread_throws_comes_to_the_caller_and_the_next_step_is_right()
    {
        var set = new UnreadableSet(Tasks.RandomSet(8, 91, 70, 5), unreadable: 60);
        TrainingTask task = Tasks.Create(
            Tasks.Recipe("70-90:relu-5") with { BatchSize = 91 }, set);
        TeamTrainer trainer = For(task, 3);
        trainer.LoadParameters(Tasks.InitialParameters(task));
        set.IsBroken = true;
        Should.Throw<DataException>(() => trainer.Compute(0));
        Should.Throw<InvalidOperationException>(() => trainer.Apply(0));
        set.IsBroken = false;
        trainer.Compute(0);
        trainer.Apply(0).IsFinite.ShouldBeTrue();
        var plain = new OneThread(task, IsaSupport.Best);
        plain.Take(0);
        ParametersOf(trainer, task).ShouldHaveTheBitsOf(plain.Parameters, "parameters");
    }

    [Fact]
    public void Only_the_step_computed_last_is_applied_and_once()
    {
        TrainingTask task = Tasks.Create(
            Tasks.Recipe("7-20:relu-5") with { BatchSize = 22 }, Tasks.RandomSet(9, 91, 7, 5));
        TeamTrainer trainer = For(task, 2);
        trainer.LoadParameters(Tasks.InitialParameters(task));
        Should.Throw<InvalidOperationException>(() => trainer.Apply(0));
        trainer.Compute(0);
        Should.Throw<InvalidOperationException>(() => trainer.Apply(1));
        trainer.Apply(0);
        Should.Throw<InvalidOperationException>(() => trainer.Apply(0));
        trainer.Compute(1);
        trainer.LoadParameters(Tasks.InitialParameters(task));
        Should.Throw<InvalidOperationException>(() => trainer.Apply(1));
    }

    [Fact]
    public void What_a_team_cannot_train_is_refused()
    {
        Recipe recipe = Tasks.Recipe("70-64:relu-5") with { BatchSize = 40 };
        Check(recipe, 4, isSupported: true);
        Check(recipe, 5, isSupported: false);
        Check(recipe with { ClipNorm = 1 }, 1, isSupported: false);
        Check(recipe with { BatchSize = 257 }, 1, isSupported: false);
        Check(Tasks.Recipe("70-64:softmax-5"), 2, isSupported: false);
        Check(Tasks.Recipe("70-64:relu-5:softmax"), 2, isSupported: true);
        Check(
            recipe with
            {
                Mode = new ModeRecipe { Kind = ModeKind.LocalSteps, Replicas = 2, LocalSteps = 2 },
            },
            1, isSupported: false);
        Check(
            recipe with { Mode = new ModeRecipe { Kind = ModeKind.Stale, StalenessBound = 1 } },
            1, isSupported: false);

        void Check(Recipe of, int members, bool isSupported)
        {
            TrainingTask task = Tasks.Create(of, Tasks.RandomSet(10, 300, 70, 5));
            TeamTrainer.Supports(task, members).ShouldBe(isSupported);
            if (!isSupported)
            {
                Should.Throw<ArgumentException>(() => For(task, members));
            }
        }
    }

    [Theory]
    [InlineData(2, 60)]
    [InlineData(3, 60)]
    [InlineData(2, 36)]
    public void A_step_allocates_nothing_on_any_thread(int members, int units)
    {
        Recipe recipe = Tasks.Recipe($"7-{units}:relu-dropout:0.2-9:relu-5") with
        {
            BatchSize = 64,
        };
        TrainingTask task = Tasks.Create(recipe, Tasks.RandomSet(11, 1280, 7, 5));
        ComputeTeam team = _teams[members - 1];
        TeamTrainer trainer = For(task, members);
        trainer.LoadParameters(Tasks.InitialParameters(task));
        Run(5);
        TeamAllocations.ShouldBeNoneOf(team, () => Run(15));

        void Run(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                trainer.Compute(step);
                trainer.Apply(step);
            }
        }
    }

    [Fact]
    public void An_evaluation_has_the_bits_of_one_thread()
    {
        TrainingTask task = Tasks.Create(
            Tasks.Recipe("7-20:relu-5") with { BatchSize = 30, Microbatch = 3 },
            Tasks.UnevenSet(12, 91, 7, 5));
        float[] parameters = Tasks.InitialParameters(task);
        var one = new Evaluator(task, Kernels.For(IsaSupport.Best));
        foreach (ComputeTeam team in _teams)
        {
            var evaluator = new TeamEvaluator(task, team, () => Kernels.For(IsaSupport.Best));
            for (int leaves = 1; leaves <= 31; leaves++)
            {
                EvaluationMetrics expected = one.Evaluate(
                    task.Data.Training, 0, leaves, parameters);
                EvaluationMetrics actual = evaluator.Evaluate(
                    task.Data.Training, 0, leaves, parameters);
                actual.LossSum.ShouldHaveTheBitsOf(expected.LossSum, $"{leaves} leaves");
                actual.ConfusionMatrix.ToArray().ShouldBe(expected.ConfusionMatrix.ToArray());
            }
        }
    }

    private void CheckSteps(TrainingTask task, Isa? isa = null, bool skipsZeros = true)
    {
        for (int members = 1; members <= MaxMembers; members++)
        {
            var plain = new OneThread(task, isa ?? IsaSupport.Best);
            TeamTrainer trainer = For(task, members, isa, skipsZeros);
            trainer.LoadParameters(plain.Parameters);
            for (int step = 0; step < Steps; step++)
            {
                string what = $"{members} members, step {step}";
                BatchMetrics metrics = trainer.Compute(step);
                trainer.Apply(step).IsFinite.ShouldBeTrue(what);
                trainer.UpdatesInPlace.ShouldBeTrue(what);
                plain.Take(step).ShouldBeNull(what);
                metrics.LossSum.ShouldHaveTheBitsOf(plain.Metrics.LossSum, what);
                metrics.ShouldBe(plain.Metrics, what);
                ParametersOf(trainer, task).ShouldHaveTheBitsOf(plain.Parameters, what);
            }
        }
    }

    private TeamTrainer For(
        TrainingTask task, int members, Isa? isa = null, bool skipsZeros = true) => new(
            task, _teams[members - 1], () => Kernels.For(isa ?? IsaSupport.Best), skipsZeros);

    private static InMemoryDataset SparseSet(int seed, int count, int features)
    {
        var random = new Random(seed);
        float[] pixels = [.. Enumerable.Range(0, count * features)
            .Select(_ => random.Next(5) == 0 ? random.NextSingle() : 0f)];
        int[] labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(5))];
        return new InMemoryDataset("sparse", pixels, labels, features, 5);
    }

    private static float[] ParametersOf(TeamTrainer trainer, TrainingTask task)
    {
        float[] parameters = new float[task.Layout.Count];
        trainer.StoreParameters(parameters);
        return parameters;
    }

    /// <summary>A step as ReferenceTrainer takes it.</summary>
    private sealed class OneThread
    {
        private readonly GradientComputer _computer;
        private readonly SliceOptimizer _optimizer;
        private readonly TrainingTask _task;
        private float[] _next;

        public OneThread(TrainingTask task, Isa isa)
        {
            _task = task;
            Kernels kernels = Kernels.For(isa);
            _computer = new GradientComputer(task, kernels, skipsZeros: false);
            _optimizer = new SliceOptimizer(
                task, new ParameterInterval(0, task.Layout.Count), kernels);
            Parameters = Tasks.InitialParameters(task);
            _next = new float[Parameters.Length];
        }

        public float[] Parameters { get; private set; }

        public BatchMetrics Metrics { get; private set; }

        public float[] First => _optimizer.FirstMoment.ToArray();

        public float[] Second => _optimizer.SecondMoment.ToArray();

        /// <returns>What is not finite.</returns>
        public string? Take(long step)
        {
            float[] gradient = new float[Parameters.Length];
            int leaves = _task.Steps.LeavesOf(step);
            Metrics = _computer.Compute(step, 0, leaves, Parameters, gradient);
            UpdateResult result = _optimizer.Apply(
                step, [new NodeGradient(0, leaves, gradient, Metrics)], null, Parameters, _next);
            (Parameters, _next) = (_next, Parameters);
            return result.NotFinite;
        }
    }
}
