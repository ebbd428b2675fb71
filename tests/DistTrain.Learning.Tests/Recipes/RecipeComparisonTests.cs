namespace DistTrain.Learning.Tests;

public sealed class RecipeComparisonTests
{
    private static readonly Recipe Base =
        RecipeReader.Parse("{\"layers\": \"784-128:relu-10:softmax\"}").Recipe;

    [Fact]
    public void Equal_recipes_do_not_differ() =>
        Differences(Base with { Name = "other", Description = "text" }).ShouldBeEmpty();

    [Fact]
    public void More_epochs_are_free_under_a_constant_schedule_only()
    {
        Differences(Base with { Epochs = 20 }).ShouldBeEmpty();
        Differences(Base with { Epochs = 5 }).ShouldBe(["epochs"]);
        var cosine = Base with { Schedule = new ScheduleRecipe { Kind = ScheduleKind.Cosine } };
        RecipeComparison.BitRelevantDifferences(cosine, cosine with { Epochs = 20 })
            .ShouldHaveSingleItem().Key.ShouldBe("epochs");
    }

    [Fact]
    public void Each_difference_is_named_by_its_path_with_both_values()
    {
        var changed = Base with
        {
            Layers = [Base.Layers[0] with { Units = 64 }, Base.Layers[1]],
            Optimizer = new OptimizerRecipe { Beta1 = 0.5 },
            Seed = 2,
        };
        var found = RecipeComparison.BitRelevantDifferences(Base, changed);
        found.Select(d => d.Key).ShouldBe(["layers[0].units", "seed", "optimizer.beta1"]);
        found[0].Before.ShouldBe("128");
        found[0].After.ShouldBe("64");
    }

    [Fact]
    public void How_workers_agree_changes_the_weights()
    {
        var mode = new ModeRecipe { Kind = ModeKind.LocalSteps, LocalSteps = 10 };
        Differences(Base with { Mode = mode }).ShouldBe(["mode"]);
        Differences(Base with { Mode = mode with { Replicas = 5, OuterMomentum = 0 } })
            .ShouldBe(["mode", "replicas", "outerMomentum"]);
    }

    [Fact]
    public void A_missing_layer_is_a_difference() =>
        Differences(Base with { Layers = [Base.Layers[1]] }).ShouldNotBeEmpty();

    [Fact]
    public void Where_the_data_lies_and_how_much_is_tested_is_free() =>
        Differences(Base with { Data = new DataRecipe { Source = "x", TestLimit = 5 } })
            .ShouldBeEmpty();

    [Fact]
    public void The_part_of_the_data_that_trains_is_not_free() =>
        Differences(Base with { Data = Base.Data with { TrainLimit = 5 } })
            .ShouldBe(["dataLimit[0]"]);

    private static IEnumerable<string> Differences(Recipe changed) =>
        RecipeComparison.BitRelevantDifferences(Base, changed).Select(d => d.Key);
}
