using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

public sealed class RecipeReaderTests
{
    private const string Layers = "\"layers\": \"784-128:relu-10:softmax\"";

    [Fact]
    public void Comments_and_trailing_commas_are_allowed()
    {
        var recipe = RecipeReader.Parse($"{{ // a note\n \"epochs\": 3, /* two */ {Layers}, }}");
        recipe.Recipe.Epochs.ShouldBe(3);
    }

    [Fact]
    public void What_is_not_written_keeps_its_default()
    {
        var (recipe, run) = RecipeReader.Parse($"{{{Layers}}}");
        recipe.Optimizer.ShouldBe(new OptimizerRecipe());
        recipe.BatchSize.ShouldBe(128);
        recipe.InputFeatures.ShouldBe(784);
        recipe.Layers.ShouldBe(
            [new LayerRecipe(128, Activation.Relu), new LayerRecipe(10, Activation.Softmax)]);
        run.ShouldBe(new RunSettings());
    }

    [Fact]
    public void Every_problem_is_reported_at_once_with_its_line()
    {
        var problems = Problems("""
            {
              "layers": [
                {"units": 128, "activation": "rellu"},
                {"units": 10, "activation": "softmax"}
              ],
              "epoch": 3,
              "batchSize": 0,
              "optimizer": {"name": "adam", "beta1": 1.0}
            }
            """);
        problems.Select(p => p.Key).ShouldBe(
            ["epoch", "layers[0].activation", "optimizer.beta1", "batchSize"],
            ignoreOrder: true);
        Of(problems, "epoch").Hint.ShouldContain("did you mean 'epochs'?");
        Of(problems, "epoch").Message.ShouldContain("line 6");
        Of(problems, "layers[0].activation").Hint.ShouldContain("did you mean 'relu'?");
        Of(problems, "batchSize").Message.ShouldContain("0 is out of range");
        Of(problems, "batchSize").Message.ShouldContain("line 7");
        Of(problems, "optimizer.beta1").Hint.ShouldContain("less than 1");
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e999")]
    [InlineData("\"NaN\"")]
    public void A_number_that_is_not_finite_is_refused(string number) =>
        Problems($"{{{Layers}, \"learningRate\": {number}}}").Count.ShouldBe(1);

    [Fact]
    public void Broken_json_is_named_by_line_and_column()
    {
        var problem = Problems("{\n\"epochs\": 3\n\"seed\": 1}").ShouldHaveSingleItem();
        problem.Message.ShouldContain("line 3, column 1");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("")]
    [InlineData("{\"layers\": [[[[[[[[[[1]]]]]]]]]]}")]
    public void What_is_no_object_of_values_is_refused(string json) =>
        Problems(json).ShouldNotBeEmpty();

    [Fact]
    public void A_file_that_is_too_large_is_refused()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, $"{{{Layers}}}" + new string(' ', RecipeLimits.FileBytes));
            Should.Throw<RecipeException>(() => RecipeReader.Read(path))
                .Problems[0].Message.ShouldContain("1 MiB");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_key_given_twice_is_refused() =>
        Problems($"{{{Layers}, \"seed\": 1, \"seed\": 2}}")
            .ShouldHaveSingleItem().Message.ShouldContain("given twice");

    [Theory]
    [InlineData("784-10:relu", "cross-entropy", "softmax")]
    [InlineData("784-10:softmax", "binary-cross-entropy", "sigmoid")]
    public void A_loss_needs_its_last_activation(string layers, string loss, string needed) =>
        Problems($"{{\"layers\": \"{layers}\", \"loss\": \"{loss}\"}}")
            .ShouldHaveSingleItem().Message.ShouldContain($"needs {needed}");

    [Theory]
    [InlineData("\"layers\": \"784-10:softmax-dropout:0.5\"", "layers", "dropout")]
    [InlineData("\"layers\": \"784-dropout:0.5-10:softmax\"", "layers", "drops inputs out")]
    [InlineData("\"layers\": \"784-5:softmax-10:softmax\"", "layers", "not the last")]
    [InlineData("\"layers\": \"784-65536-65536-10:softmax\"", "layers", "parameters")]
    [InlineData(Layers + ", \"weightDecay\": 0.1", "weightDecay", "adamw only")]
    [InlineData(Layers + ", \"earlyStopping\": \"validation-loss\"", "earlyStopping",
        "there is none")]
    [InlineData(Layers + ", \"classWeights\": [1, 2]", "classWeights", "10 units")]
    [InlineData(Layers + ", \"classWeights\": [0,0,0,0,0,0,0,0,0,0]", "classWeights", "every")]
    [InlineData(Layers + ", \"workers\": 2, \"minWorkers\": 3", "minWorkers", "more than")]
    [InlineData(Layers + ", \"inputFeatures\": 5", "inputFeatures", "784")]
    public void Contradictions_are_refused(string fields, string key, string message)
    {
        var problem = Problems($"{{{fields}}}").ShouldHaveSingleItem();
        problem.Key.ShouldBe(key);
        problem.Message.ShouldContain(message);
        problem.Hint.ShouldNotBeEmpty();
    }

    [Fact]
    public void The_command_line_wins_over_the_file()
    {
        var (recipe, run) = RecipeReader.Parse(
            "{" + Layers + ", \"epochs\": 3, \"isa\": \"scalar\", \"clipNorm\": 1, "
                + "\"inputFeatures\": 784}",
            [
                new("epochs", "--epochs", "7"),
                new("layers", "--layers", "4-3:tanh-dropout:0.25-2:softmax"),
                new("init", "--init", "he_normal"),
                new("isa", "--isa", "auto"),
                new("clipNorm", "--clip-norm", "none"),
                new("optimizer", "--optimizer", "adam:beta1=0.8,epsilon=1e-7"),
                new("schedule", "--schedule", "cosine:finalShare=0.1"),
                new("dataLimit", "--data-limit", "100,20"),
                new("earlyStopping", "--early-stopping", "train-loss,2"),
                new("workers", "--workers", "5"),
            ]);
        recipe.Epochs.ShouldBe(7);
        recipe.InputFeatures.ShouldBe(4);
        recipe.Layers.ShouldBe([
            new LayerRecipe(3, Activation.Tanh, 0.25, Initializer.HeNormal),
            new LayerRecipe(2, Activation.Softmax, 0, Initializer.HeNormal)]);
        recipe.Optimizer.ShouldBe(new OptimizerRecipe { Beta1 = 0.8, Epsilon = 1e-7 });
        recipe.Schedule.ShouldBe(
            new ScheduleRecipe { Kind = ScheduleKind.Cosine, FinalShare = 0.1 });
        recipe.ClipNorm.ShouldBeNull();
        recipe.Data.TrainLimit.ShouldBe(100);
        recipe.Data.TestLimit.ShouldBe(20);
        recipe.EarlyStopping.ShouldBe(new EarlyStoppingRecipe(StoppingMetric.TrainLoss, 2));
        run.ShouldBe(new RunSettings { Workers = 5 });
    }

    [Theory]
    [InlineData("batchSize", "--batch-size", "0", "out of range")]
    [InlineData("epochs", "--epochs", "ten", "not a number")]
    [InlineData("learningRate", "--learning-rate", "NaN", "not a finite number")]
    [InlineData("optimizer", "--optimizer", "adam:beta=0.9", "not a key")]
    [InlineData("layers", "--layers", "784-128:rel-10:softmax", "not known")]
    [InlineData("dataLimit", "--data-limit", "1,2,3", "one or two limits")]
    public void A_message_names_the_option_that_was_typed(
        string key, string option, string text, string message)
    {
        var problem = Should.Throw<RecipeException>(
            () => RecipeReader.Parse($"{{{Layers}}}", [new(key, option, text)]))
            .Problems.ShouldHaveSingleItem();
        problem.Key.ShouldStartWith(option);
        problem.Message.ShouldContain(message);
    }

    [Fact]
    public void Rounds_of_local_steps_are_read() =>
        RecipeReader.Parse(
            $"{{{Layers}, \"mode\": \"local-steps:20\", \"replicas\": 8, "
                + "\"outerLearningRate\": 1, \"outerMomentum\": 0.5}")
            .Recipe.Mode.ShouldBe(new ModeRecipe
            {
                Kind = ModeKind.LocalSteps,
                LocalSteps = 20,
                Replicas = 8,
                OuterLearningRate = 1,
                OuterMomentum = 0.5,
            });

    [Theory]
    [InlineData("stale:0", 0, true)]
    [InlineData("stale:3", 3, false)]
    [InlineData("stale:inf", null, false)]
    public void Bounded_staleness_is_read_and_says_whether_it_is_exact(
        string mode, int? bound, bool isExact)
    {
        ModeRecipe read =
            RecipeReader.Parse($"{{{Layers}, \"mode\": \"{mode}\"}}").Recipe.Mode;

        read.ShouldBe(new ModeRecipe { Kind = ModeKind.Stale, StalenessBound = bound });
        read.IsExact.ShouldBe(isExact);
    }

    [Theory]
    [InlineData("stale", "lacks a number")]
    [InlineData("local-step:3", "not known")]
    public void A_mode_that_is_not_there_is_refused(string mode, string message)
    {
        var problem = Problems($"{{{Layers}, \"mode\": \"{mode}\"}}").ShouldHaveSingleItem();
        problem.Message.ShouldContain(message);
        problem.Hint.ShouldContain("local-steps");
    }

    [Fact]
    public void Replicas_are_of_local_steps_only_where_they_are_typed()
    {
        RecipeReader.Parse($"{{{Layers}, \"replicas\": 8}}").Recipe.Mode.Kind
            .ShouldBe(ModeKind.Sync, "a file may be run in another mode than its own");
        Should.Throw<RecipeException>(
            () => RecipeReader.Parse($"{{{Layers}}}", [new("replicas", "--replicas", "8")]))
            .Problems.ShouldHaveSingleItem().Hint.ShouldContain("--mode local-steps:10");
    }

    [Fact]
    public void The_instruction_set_is_read() =>
        RecipeReader.Parse($"{{{Layers}, \"isa\": \"avx2\"}}").Run.Isa.ShouldBe(Isa.Avx2);

    private static RecipeProblem Of(IReadOnlyList<RecipeProblem> problems, string key) =>
        problems.Single(p => p.Key == key);

    private static IReadOnlyList<RecipeProblem> Problems(string json) =>
        Should.Throw<RecipeException>(() => RecipeReader.Parse(json)).Problems;
}
