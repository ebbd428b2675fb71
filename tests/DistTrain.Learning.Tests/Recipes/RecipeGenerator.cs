namespace DistTrain.Learning.Tests;

/// <summary>Valid recipes of every kind, from a seed.</summary>
internal static class RecipeGenerator
{
    public static (Recipe Recipe, RunSettings Run) Create(int seed)
    {
        var random = new Random(seed);
        T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
        T Any<T>()
            where T : struct, Enum => Pick(Enum.GetValues<T>());
        bool Coin() => random.Next(2) == 0;
        double Share() => random.NextDouble();

        var loss = Any<Loss>();
        var optimizer = Any<OptimizerKind>();
        int classes = random.Next(1, 20);
        var layers = new List<LayerRecipe>();
        for (int i = random.Next(4); i > 0; i--)
        {
            layers.Add(new LayerRecipe(random.Next(1, 1000),
                (Activation)random.Next((int)Activation.Softmax), Share(), Any<Initializer>()));
        }
        layers.Add(new LayerRecipe(classes, loss switch
        {
            Loss.CrossEntropy => Activation.Softmax,
            Loss.BinaryCrossEntropy => Activation.Sigmoid,
            _ => Any<Activation>(),
        }, 0, Any<Initializer>()));
        var recipe = new Recipe
        {
            Name = Pick(["a", "Ä \"quoted\" \\ name", "<b>名前</b>"]),
            Description = Pick(["", "two, words"]),
            Data = new DataRecipe
            {
                Source = Pick(["digits", "some/folder", "a file.csv"]),
                TrainLimit = Coin() ? random.Next(1, int.MaxValue) : null,
                TestLimit = Coin() ? random.Next(1, int.MaxValue) : null,
                Pixels = Any<PixelScaling>(),
                ValidationSplit = 0.5 * Share() + 1e-9,
                ClassWeights = Coin()
                    ? [.. Enumerable.Range(0, classes).Select(_ => random.NextSingle() + 1e-20f)]
                    : null,
            },
            InputFeatures = Coin() ? random.Next(1, 1000) : null,
            Layers = layers,
            Loss = loss,
            Optimizer = new OptimizerRecipe
            {
                Kind = optimizer,
                Momentum = Share(),
                Beta1 = Share(),
                Beta2 = Share(),
                Epsilon = Share() + 1e-30,
            },
            LearningRate = Share() * Pick([1e-20, 1, 1e20]) + 1e-30,
            Schedule = new ScheduleRecipe
            {
                Kind = Any<ScheduleKind>(),
                EveryEpochs = random.Next(1, 100),
                Factor = 1 - Share(),
                FinalShare = Share(),
                WarmupSteps = random.Next(1000),
            },
            L2 = Coin() ? Share() : 0,
            WeightDecay = optimizer == OptimizerKind.AdamW ? Share() : 0,
            ClipNorm = Coin() ? Share() + 1e-9 : null,
            Epochs = random.Next(1, 1000),
            BatchSize = random.Next(1, 100_000),
            Microbatch = random.Next(1, 1025),
            Mode = Mode(random),
            EarlyStopping = Coin()
                ? new EarlyStoppingRecipe(Any<StoppingMetric>(), random.Next(1, 50)) : null,
            Seed = (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        };
        int? workers = Coin() ? random.Next(2, 100) : null;
        var run = new RunSettings
        {
            Workers = workers,
            MinWorkers = random.Next(1, 3),
            Threads = Coin() ? random.Next(1, 100) : null,
            ParameterServers = Coin() ? random.Next(1, 100) : null,
            Isa = Coin() ? Any<Numerics.Isa>() : null,
            CheckpointEvery = Coin() ? random.Next(1, 100_000) : null,
            Keep = random.Next(1, 10),
        };
        return (recipe, run);
    }

    private static ModeRecipe Mode(Random random)
    {
        bool isLocal = random.Next(2) == 0;
        return new ModeRecipe
        {
            Kind = isLocal ? ModeKind.LocalSteps : ModeKind.Sync,
            LocalSteps = isLocal ? random.Next(1, 1000) : 1,
            Replicas = random.Next(1, 1000),
            OuterLearningRate = random.NextDouble() + 1e-9,
            OuterMomentum = random.NextDouble(),
        };
    }
}
