namespace DistTrain.Learning.Tests;

public sealed class DataLoaderTests : IDisposable
{
    private readonly TemporaryFolder _given = new();
    private readonly TemporaryFolder _cache = new();

    private DataFolders Folders => new(_given.Path, _cache.Path);

    public void Dispose()
    {
        _given.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public void The_given_folder_is_searched_before_the_cache_and_its_sub_folder_first()
    {
        IdxBytes.WriteSet(_cache, "mnist/");
        CountOf("mnist").ShouldBe(6);
        _given.Write("train-images-idx3-ubyte", IdxBytes.Images(2, 2, 3));
        _given.Write("train-labels-idx1-ubyte", IdxBytes.Labels(0, 1));
        CountOf("mnist").ShouldBe(2);
        _given.Write("mnist/train-images-idx3-ubyte", IdxBytes.Images(1, 2, 3));
        _given.Write("mnist/train-labels-idx1-ubyte", IdxBytes.Labels(0));
        CountOf("mnist").ShouldBe(1);
        DataLoader.Open("MNIST", Folders).Training.Classes.ShouldBe(10);
    }

    [Fact]
    public void A_folder_that_holds_another_known_set_is_passed_over()
    {
        // The label counts of Fashion-MNIST, over images of one pixel.
        byte[] labels = [.. Enumerable.Range(0, 60_000).Select(i => (byte)(i % 10))];
        _given.Write("train-images-idx3-ubyte", IdxBytes.Images(60_000, 1, 1));
        _given.Write("train-labels-idx1-ubyte", IdxBytes.Labels(labels));
        CountOf("fashion-mnist").ShouldBe(60_000);
        Should.Throw<DataException>(() => CountOf("mnist"));
    }

    [Fact]
    public void A_known_set_that_is_not_there_says_how_to_get_it()
    {
        string message = Should.Throw<DataException>(() => CountOf("fashion-mnist")).Message;
        message.ShouldContain("disttrain data fetch fashion-mnist");
        message.ShouldContain("--data digits");
        message.ShouldContain(_given.Path);
        message.ShouldContain(_cache.Path);
    }

    [Fact]
    public void A_folder_and_a_file_are_opened_by_their_path()
    {
        IdxBytes.WriteSet(_given, "own/");
        LoadedData data = DataLoader.Open(_given.File("own"), Folders);
        (data.Training.Name, data.Training.Count).ShouldBe(("own", 6));
        string csv = _given.Write("table.csv", "0,1\n1,2\n");
        DataLoader.Open(csv, Folders).Training.Name.ShouldBe("table");
    }

    [Theory]
    [InlineData("nothing-here", "Known names: digits, mnist, fashion-mnist")]
    [InlineData("own/train-images-idx3-ubyte", "give the folder that holds them")]
    [InlineData("packed.csv", "this is a gzip file")]
    public void What_cannot_be_opened_says_what_can(string name, string expected)
    {
        IdxBytes.WriteSet(_given, "own/");
        _given.Write("packed.csv", IdxBytes.Gzip("0,1\n"u8.ToArray()));
        Should.Throw<DataException>(() => DataLoader.Open(_given.File(name), Folders)).Message
            .ShouldContain(expected);
    }

    [Fact]
    public void The_last_samples_of_the_limited_set_validate()
    {
        DataSplit split = Load(new DataRecipe
        {
            TrainLimit = 5,
            TestLimit = 1,
            ValidationSplit = 0.3,
        });
        // Keras: ⌊5 · 0.7⌋ = 3 train.
        (split.Training.Count, split.Validation!.Count, split.Test!.Count).ShouldBe((3, 2, 1));
        split.Validation.ReadBytes(0)[0].ShouldBe((byte)(3 * 6 * 7));
        split.Training.Label(2).ShouldBe(2);
    }

    [Theory]
    [InlineData(60_000, 0.2, 48_000)]
    [InlineData(55_000, 0.1, 49_500)]
    [InlineData(2_010, 0.15, 1_708)]
    [InlineData(10, 0.99, 0)]
    [InlineData(7, 0.001, 6)]
    public void The_split_is_where_Keras_puts_it(int samples, double split, int training)
    {
        var set = new InMemoryDataset("n", new byte[samples], new int[samples], 1, 1);
        var recipe = new DataRecipe { ValidationSplit = split };
        if (training == 0)
        {
            Should.Throw<RecipeException>(() => SplitPlan.Of(recipe, new LoadedData(set, null)));
            return;
        }

        DataSplit data = SplitPlan.Of(recipe, new LoadedData(set, null)).Apply(PixelScaling.Unit);
        data.Training.Count.ShouldBe(training);
        data.Validation!.Count.ShouldBe(samples - training);
    }

    [Fact]
    public void The_scaling_is_fitted_on_the_training_part_only()
    {
        var set = new InMemoryDataset("n", [2, 4, 200, 200], new int[4], 1, 1);
        var recipe = new DataRecipe { ValidationSplit = 0.5 };
        DataSplit data = SplitPlan.Of(recipe, new LoadedData(set, set))
            .Apply(PixelScaling.Standard);
        data.Scaling.ToState().Mean.ShouldBe([3f]);
    }

    [Fact]
    public void Without_a_split_there_is_no_validation_set()
    {
        DataSplit split = Load(new DataRecipe());
        split.Validation.ShouldBeNull();
        split.Training.Count.ShouldBe(6);
    }

    [Fact]
    public void Every_limit_and_split_that_cannot_be_is_listed()
    {
        RecipeException e = Should.Throw<RecipeException>(() => Load(new DataRecipe
        {
            TrainLimit = 7,
            TestLimit = 0,
            ValidationSplit = 1,
        }));
        e.Problems.Count.ShouldBe(3);
        e.Problems[0].Message.ShouldBe("7 samples to train on were asked for, but there are 6");
        e.Problems[1].Message.ShouldBe("0 samples to test are none");
        e.Problems[2].Message.ShouldBe("1 is not a share of the samples");
        e.Problems.ShouldAllBe(problem => problem.Hint.Length > 0);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-0.1)]
    [InlineData(1e-300)]
    public void A_split_that_is_no_share_or_leaves_nothing_is_refused(double split) =>
        Should.Throw<RecipeException>(() => Load(new DataRecipe { ValidationSplit = split }))
            .Problems.ShouldHaveSingleItem().Key.ShouldBe("validationSplit");

    [Fact]
    public void Digits_need_no_folder()
    {
        DataSplit split = DataLoader.Load(
            new DataRecipe { TrainLimit = 300, TestLimit = 20 }, Folders);
        (split.Training.Count, split.Test!.Count, split.Training.Features).ShouldBe((300, 20, 784));
        split.Training.Name.ShouldBe("digits");
    }

    [SkippableFact]
    public void The_real_MNIST_is_the_published_one()
    {
        string? folder = Environment.GetEnvironmentVariable(DataFolders.Variable);
        Skip.If(string.IsNullOrEmpty(folder), $"{DataFolders.Variable} is not set");
        LoadedData data = DataLoader.Open("mnist", DataFolders.FromEnvironment());
        (data.Training.Count, data.Test!.Count).ShouldBe((60_000, 10_000));
        data.Training.Classes.ShouldBe(10);
        data.Training.ImageShape.ShouldBe((28, 28));
        int[] counts = new int[10];
        for (int i = 0; i < data.Training.Count; i++)
        {
            counts[data.Training.Label(i)]++;
        }

        counts.ShouldBe(DataCatalog.Mnist.TrainingLabelCounts);
        data.Training.ContentSha256.ShouldBe(
            "b43ab6be32d8f7faf1b62a94f210f33bc337cf9c3e54989c8e6150ff0ca77396");

        // The mean and deviation that every tutorial quotes: 0.1307 and 0.3081.
        FeatureScalingState state =
            FeatureScaling.Fit(PixelScaling.Standard, data.Training).ToState();
        (state.Mean[0] / 255).ShouldBe(0.1307f, 0.0001f);
        (state.Deviation[0] / 255).ShouldBe(0.3081f, 0.0001f);
    }

    private DataSplit Load(DataRecipe recipe)
    {
        IdxBytes.WriteSet(_given, "own/");
        return DataLoader.Load(recipe with { Source = _given.File("own") }, Folders);
    }

    private int CountOf(string name) => DataLoader.Open(name, Folders).Training.Count;
}
