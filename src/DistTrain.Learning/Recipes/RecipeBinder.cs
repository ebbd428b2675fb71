using System.Text.Json;

namespace DistTrain.Learning;

/// <summary>
/// Turns the values of a recipe into its records, each by itself; what must fit together is
/// <see cref="RecipeValidation"/>'s. A key that is absent keeps the record's own default.
/// </summary>
internal sealed class RecipeBinder
{
    private static readonly RealRange Epsilons = new(RecipeLimits.SmallestEpsilon, 1);
    private static readonly RealRange Factors = new(0, 1, MinExcluded: true);
    private static readonly RealRange Shares = new(0, 1);

    private readonly IReadOnlyDictionary<string, RecipeValue> _values;
    private readonly ProblemList _problems;
    private readonly ValueReader _reader;

    public RecipeBinder(IReadOnlyDictionary<string, RecipeValue> values, ProblemList problems)
    {
        _values = values;
        _problems = problems;
        _reader = new ValueReader(problems);
    }

    private delegate T Reading<T>(in RecipeValue value);

    /// <summary>What a message calls the key: the option where one was typed.</summary>
    public string Label(string key) =>
        _values.TryGetValue(key, out var value) ? value.Label : key;

    public Recipe Recipe(string defaultName)
    {
        var d = new Recipe { Name = defaultName, Layers = [] };
        string name = Get("name", d.Name,
            (in v) => _reader.Text(v, RecipeLimits.NameLength, d.Name));
        string description = Get("description", d.Description,
            (in v) => _reader.Text(v, RecipeLimits.TextLength, ""));
        var data = Data();
        var (inputs, layers) = Layers();
        return new Recipe
        {
            Name = name,
            Description = description,
            Data = data,
            InputFeatures = inputs,
            Layers = layers,
            Seed = Get("seed", d.Seed, (in v) => _reader.Seed(v, d.Seed)),
            Loss = Get("loss", d.Loss,
                (in v) => _reader.Choice(v, RecipeNames.Losses, d.Loss)),
            Optimizer = Get("optimizer", d.Optimizer, Optimizer),
            LearningRate = Get("learningRate", d.LearningRate,
                (in v) => _reader.Real(v, RealRange.Positive, d.LearningRate)),
            Schedule = Get("schedule", d.Schedule, Schedule),
            L2 = Get("l2", d.L2, (in v) => _reader.Real(v, RealRange.NotNegative, d.L2)),
            WeightDecay = Get("weightDecay", d.WeightDecay,
                (in v) => _reader.Real(v, RealRange.NotNegative, d.WeightDecay)),
            ClipNorm = GetOrNull<double>("clipNorm",
                (in v) => _reader.Real(v, RealRange.Positive, 1)),
            Epochs = Whole("epochs", RecipeLimits.Epochs, d.Epochs),
            BatchSize = Whole("batchSize", RecipeLimits.BatchSize, d.BatchSize),
            Microbatch = Whole("microbatch", RecipeLimits.Microbatch, d.Microbatch),
            Mode = Mode(),
            EarlyStopping = Get("earlyStopping", d.EarlyStopping, EarlyStopping),
            Compression = Get("compress", d.Compression,
                (in v) => _reader.Choice(v, RecipeNames.Compressions, d.Compression)),
        };
    }

    public RunSettings Run()
    {
        var d = new RunSettings();
        var run = new RunSettings
        {
            Engine = Get("engine", d.Engine, Engine),
            Workers = WholeOrNull("workers", RecipeLimits.Workers),
            MinWorkers = Whole("minWorkers", RecipeLimits.Workers, d.MinWorkers),
            Threads = WholeOrNull("threads", RecipeLimits.Workers),
            ParameterServers = WholeOrNull("parameterServers", RecipeLimits.Workers),
            Isa = Get<Numerics.Isa?>("isa", null, Isa),
            CheckpointEvery = WholeOrNull("checkpointEvery", RecipeLimits.Steps),
            Keep = Whole("keep", RecipeLimits.Keep, d.Keep),
        };
        if (run.Workers < run.MinWorkers)
        {
            _problems.Add(new RecipeProblem(Label("minWorkers"),
                $"{run.MinWorkers} is more than the {run.Workers} workers",
                $"raise {Label("workers")} or lower {Label("minWorkers")}"));
        }
        return run;
    }

    private DataRecipe Data()
    {
        var d = new DataRecipe();
        string source = Get("data", d.Source,
            (in v) => _reader.Text(v, RecipeLimits.TextLength, d.Source));
        var (train, test) = Get("dataLimit", default((int?, int?)),
            (in v) => DataLimit.Read(v, _reader));
        return new DataRecipe
        {
            Source = source,
            TrainLimit = train,
            TestLimit = test,
            Pixels = Get("pixels", d.Pixels,
                (in v) => _reader.Choice(v, RecipeNames.Pixels, d.Pixels)),
            ValidationSplit = Get("validationSplit", d.ValidationSplit,
                (in v) => _reader.Real(v, RealRange.Share, d.ValidationSplit)),
            ClassWeights = Get<IReadOnlyList<float>?>("classWeights", null,
                (in v) => ClassWeights.Read(v, _reader)),
        };
    }

    private (int? Inputs, IReadOnlyList<LayerRecipe> Layers) Layers()
    {
        int? stated = WholeOrNull("inputFeatures", RecipeLimits.InputFeatures);
        var init = Get("init", Initializer.GlorotUniform,
            (in v) => _reader.Choice(v, RecipeNames.Initializers, Initializer.GlorotUniform));
        if (!_values.TryGetValue("layers", out var value))
        {
            _problems.Add(new RecipeProblem("layers", "is missing",
                "add \"layers\": \"784-128:relu-10:softmax\""));
            return (stated, []);
        }
        var (written, layers) = LayersReader.Read(value, init, _reader);
        if (_values.TryGetValue("init", out var typed) && typed.IsText)
        {
            layers = [.. layers.Select(l => l with { Init = init })];
        }
        if (stated is not null && written is not null && stated != written)
        {
            _problems.Add(_values["inputFeatures"],
                $"is {stated}, but the layers begin with {written} inputs", "remove this key");
        }
        return (written ?? stated, layers);
    }

    private OptimizerRecipe Optimizer(in RecipeValue value)
    {
        var d = new OptimizerRecipe();
        var settings = NamedSettings.Read(
            value, "name", ["momentum", "beta1", "beta2", "epsilon"], _problems);
        return new OptimizerRecipe
        {
            Kind = settings.Name is { } name
                ? _reader.Choice(name, RecipeNames.Optimizers, d.Kind) : d.Kind,
            Momentum = Real(settings["momentum"], RealRange.Share, d.Momentum),
            Beta1 = Real(settings["beta1"], RealRange.Share, d.Beta1),
            Beta2 = Real(settings["beta2"], RealRange.Share, d.Beta2),
            Epsilon = Real(settings["epsilon"], Epsilons, d.Epsilon),
        };
    }

    private ScheduleRecipe Schedule(in RecipeValue value)
    {
        var d = new ScheduleRecipe();
        var settings = NamedSettings.Read(
            value, "name", ["everyEpochs", "factor", "finalShare", "warmupSteps"], _problems);
        return new ScheduleRecipe
        {
            Kind = settings.Name is { } name
                ? _reader.Choice(name, RecipeNames.Schedules, d.Kind) : d.Kind,
            EveryEpochs = settings["everyEpochs"] is { } every
                ? _reader.Whole(every, 1, RecipeLimits.Epochs, d.EveryEpochs) : d.EveryEpochs,
            Factor = Real(settings["factor"], Factors, d.Factor),
            FinalShare = Real(settings["finalShare"], Shares, d.FinalShare),
            WarmupSteps = settings["warmupSteps"] is { } warmup
                ? _reader.Whole(warmup, 0, RecipeLimits.Steps, d.WarmupSteps) : d.WarmupSteps,
        };
    }

    private ModeRecipe Mode()
    {
        var d = new ModeRecipe();
        var mode = Get("mode", d, (in v) => ModeText.Read(v, _reader));
        if (mode.Kind != ModeKind.LocalSteps && !_problems.Touches("mode"))
        {
            RefuseIfTyped("replicas", "outerLearningRate", "outerMomentum");
        }
        return mode with
        {
            Replicas = Whole("replicas", RecipeLimits.Replicas, d.Replicas),
            OuterLearningRate = Get("outerLearningRate", d.OuterLearningRate,
                (in v) => _reader.Real(v, RealRange.Positive, d.OuterLearningRate)),
            OuterMomentum = Get("outerMomentum", d.OuterMomentum,
                (in v) => _reader.Real(v, RealRange.Share, d.OuterMomentum)),
        };
    }

    /// <summary>In a file they may stand for the day when the mode is typed.</summary>
    private void RefuseIfTyped(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            if (_values.TryGetValue(key, out var value) && value.IsText)
            {
                _problems.Add(value, "is of the mode local-steps only",
                    "add --mode local-steps:10");
            }
        }
    }

    private EarlyStoppingRecipe? EarlyStopping(in RecipeValue value)
    {
        if (value.IsNull)
        {
            return null;
        }
        // "validation-loss,5" is the text form; the object form has the same two parts.
        RecipeValue? metric, patience;
        if (value.IsString)
        {
            string[] parts = value.Element.GetString()!.Split(',', 2);
            metric = value.Part("", parts[0]);
            patience = parts.Length == 2 ? value.Part(" patience", parts[1]) : null;
        }
        else
        {
            var settings = NamedSettings.Read(value, "metric", ["patience"], _problems);
            (metric, patience) = (settings.Name, settings["patience"]);
        }
        var d = new EarlyStoppingRecipe(StoppingMetric.TrainLoss);
        return new EarlyStoppingRecipe(
            metric is { } m ? _reader.Choice(m, RecipeNames.Metrics, d.Metric) : d.Metric,
            patience is { } p
                ? _reader.Whole(p, 1, RecipeLimits.Epochs, d.Patience) : d.Patience);
    }

    // Whether this program has it is the program's to say.
    private EngineKind Engine(in RecipeValue value) =>
        _reader.Choice(value, RecipeNames.Engines, EngineKind.Local);

    private Numerics.Isa? Isa(in RecipeValue value)
    {
        if (value.IsNull || (value.IsString && value.Element.GetString() == "auto"))
        {
            return null;
        }
        if (value.IsString
            && RecipeNames.Isas.TryFind(value.Element.GetString()!, out var isa))
        {
            return isa;
        }
        _reader.Unknown(value, value.IsString ? value.Element.GetString()! : "",
            ["auto", .. RecipeNames.Isas.Names]);
        return null;
    }

    private T Get<T>(string key, T fallback, Reading<T> read) =>
        _values.TryGetValue(key, out var value) ? read(value) : fallback;

    private T? GetOrNull<T>(string key, Reading<T> read)
        where T : struct =>
        _values.TryGetValue(key, out var value) && !value.IsNull ? read(value) : null;

    private int Whole(string key, int max, int fallback) =>
        Get(key, fallback, (in v) => _reader.Whole(v, 1, max, fallback));

    private int? WholeOrNull(string key, int max) =>
        GetOrNull<int>(key, (in v) => _reader.Whole(v, 1, max, 1));

    private double Real(RecipeValue? value, RealRange range, double fallback) =>
        value is { } v ? _reader.Real(v, range, fallback) : fallback;
}
