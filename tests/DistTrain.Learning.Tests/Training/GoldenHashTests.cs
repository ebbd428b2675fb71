using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

/// <summary>
/// The weights of small recipes are, to the last bit, those that were checked in (N10). They change
/// only where the arithmetic or the meaning of a recipe is changed on purpose; then
/// <c>DISTTRAIN_RECORD_GOLDEN=1 dotnet test tests/DistTrain.Learning.Tests --filter Golden</c>
/// writes Golden/hashes.json anew, by the naive loops, and fails; the run after it must pass.
/// </summary>
public class GoldenHashTests
{
    private const string RecordVariable = "DISTTRAIN_RECORD_GOLDEN";

    private static readonly Lazy<string> Recorded = new(Record);

    public static TheoryData<string> Names => [.. GoldenRecipes.Names];

    public static TheoryData<string, Isa> Cases
    {
        get
        {
            var cases = new TheoryData<string, Isa>();
            foreach (string name in GoldenRecipes.Names)
            {
                foreach (Isa isa in IsaSupport.Available)
                {
                    cases.Add(name, isa);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_golden_recipe_ends_on_the_hash_that_is_checked_in(string name, Isa isa) =>
        Check(name, Kernels.For(isa));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_naive_loops_end_on_the_golden_hash(string name) =>
        Check(name, new NaiveKernels());

    [Fact]
    public void The_golden_recipe_has_short_batches_and_short_microbatches()
    {
        TrainingTask task = GoldenRecipes.Task(GoldenRecipes.Golden);
        BatchPlan batches = task.Batches;
        batches.TrainingSamples.ShouldBe(2010);
        batches.StepsPerEpoch.ShouldBe(10);
        batches.MicrobatchesOf(0).ShouldBe(13);
        batches.SamplesOf(9).ShouldBe(138);
        batches.SamplesOf(9, 8, 9).Length.ShouldBe(10);
        task.Layout.Count.ShouldBeGreaterThan(2 * ParameterInterval.Block, "three slices");
        task.Data.Validation.ShouldNotBeNull();
        task.Recipe.ClipNorm.ShouldNotBeNull();
        task.Recipe.Layers.ShouldContain(layer => layer.Dropout > 0);
    }

    [Fact]
    public void The_early_stopping_recipe_does_stop_early()
    {
        TrainingTask task = GoldenRecipes.Task("relu-early-stopping");
        ReferenceTrainer.Train(task, Kernels.For(IsaSupport.Best)).Epochs.Count
            .ShouldBeInRange(4, task.Recipe.Epochs - 1);
    }

    [Fact]
    public void Everything_that_the_golden_recipe_asks_for_changes_its_weights()
    {
        TrainingTask task = GoldenRecipes.Task(GoldenRecipes.Golden);
        Recipe golden = task.Recipe;
        LayerRecipe[] withoutDropout = [.. golden.Layers.Select(l => l with { Dropout = 0 })];
        Recipe[] others =
        [
            golden with { ClipNorm = null },
            golden with { Layers = withoutDropout },
            golden with { Seed = golden.Seed + 1 },
            golden with { Microbatch = 8 },
        ];
        foreach (Recipe other in others)
        {
            ReferenceTrainer
                .Train(TrainingTask.Create(other, task.Data), Kernels.For(IsaSupport.Best))
                .WeightsSha256.ShouldNotBe(GoldenRecipes.WeightsSha256(GoldenRecipes.Golden));
        }
    }

    private static void Check(string name, Kernels kernels)
    {
        if (Environment.GetEnvironmentVariable(RecordVariable) == "1")
        {
            Assert.Fail($"Recorded {Recorded.Value}; test again without {RecordVariable}.");
        }

        ReferenceTrainer.Train(GoldenRecipes.Task(name), kernels)
            .WeightsSha256.ShouldBe(GoldenRecipes.WeightsSha256(name));
    }

    private static string Record()
    {
        string path = Path.Combine(
            RepositoryFiles.Root, "tests", "DistTrain.Learning.Tests", "Golden",
            GoldenRecipes.HashesFile);
        var kernels = new NaiveKernels();
        GoldenRecipes.Record(
            path, name => ReferenceTrainer.Train(GoldenRecipes.Task(name), kernels).WeightsSha256);
        return path;
    }
}
