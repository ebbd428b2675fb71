using DistTrain.Numerics;

namespace DistTrain.Learning.Tests;

public class EvaluatorTests
{
    private static readonly Kernels Best = Kernels.For(IsaSupport.Best);

    public static TheoryData<Isa> Isas => Tasks.Isas;

    [Theory]
    [MemberData(nameof(Isas))]
    public void A_node_is_its_children_combined_also_above_the_limit_of_one_pass(Isa isa)
    {
        Dataset set = Tasks.UnevenSet(5, 1003, 4, 3);
        Recipe recipe = Tasks.Recipe("4-6:relu-3") with { Loss = Loss.Sse };
        TrainingTask task = Tasks.Create(recipe, set);
        var evaluator = new Evaluator(task, Kernels.For(isa));
        float[] parameters = Tasks.InitialParameters(task);
        int microbatches = task.Batches.MicrobatchesOf(set);
        EvaluationMetrics actual = evaluator.Evaluate(set, 0, microbatches, parameters);
        EvaluationMetrics expected = OfLeaves(0, microbatches);
        actual.LossSum.ShouldHaveTheBitsOf(expected.LossSum, "loss");
        actual.Samples.ShouldBe(1003);
        ConfusionOf(actual).ShouldBe(ConfusionOf(expected));

        EvaluationMetrics OfLeaves(int first, int end)
        {
            if (end - first == 1)
            {
                return evaluator.Evaluate(set, first, end, parameters);
            }

            int middle = ReductionTree.Middle(first, end);
            return EvaluationMetrics.Combine(OfLeaves(first, middle), OfLeaves(middle, end));
        }
    }

    [Fact]
    public void The_loss_of_a_microbatch_is_summed_in_binary64_sample_by_sample()
    {
        Dataset set = Tasks.UnevenSet(9, 200, 4, 3);
        Recipe recipe = Tasks.Recipe("4-6:relu-3") with { Loss = Loss.Sse };
        TrainingTask task = Tasks.Create(recipe, set);
        var evaluator = new Evaluator(task, Best);
        float[] parameters = Tasks.InitialParameters(task);
        double expected = 0;
        for (int i = 32; i < 48; i++)
        {
            Dataset one = new DatasetSlice(set, i, 1);
            double loss = evaluator.Evaluate(one, 0, 1, parameters).LossSum;
            loss.ShouldBe((float)loss, "binary32");
            expected += loss;
        }

        evaluator.Evaluate(set, 2, 3, parameters).LossSum
            .ShouldHaveTheBitsOf(expected, "microbatch 2");
        expected.ShouldNotBe((float)expected, "a binary32 sum would do");
    }

    [Fact]
    public void Loss_and_predictions_are_those_of_the_network_without_dropout_and_class_weights()
    {
        Recipe recipe = Tasks.Recipe("4-9:gelu-dropout:0.5-3:softmax") with
        {
            Data = new DataRecipe { ClassWeights = [1, 20, 300] },
            BatchSize = 50,
        };
        Dataset set = Tasks.RandomSet(6, 100, 4, 3);
        TrainingTask task = Tasks.Create(recipe, set);
        float[] parameters = Tasks.InitialParameters(task);
        EvaluationMetrics actual = new Evaluator(task, Best).Evaluate(set, 0, 7, parameters);

        var network = new Binary64Network(recipe with { Data = new DataRecipe() }, 4);
        double[] numbers = Array.ConvertAll(parameters, p => (double)p);
        double loss = 0;
        int[] confusion = new int[9];
        for (int i = 0; i < set.Count; i++)
        {
            float[] sample = new float[4];
            set.ReadFloats(i, sample);
            double[] losses = [.. Enumerable.Range(0, 3).Select(label => network.Loss(
                numbers, Array.ConvertAll(sample, x => (double)x), label, new double[]?[2]))];
            loss += losses[set.Label(i)];
            confusion[(3 * set.Label(i)) + Array.IndexOf(losses, losses.Min())]++;
        }

        actual.LossSum.ShouldBe(loss, 1e-6 * loss);
        ConfusionOf(actual).ShouldBe(confusion);
        actual.Correct.ShouldBe(confusion[0] + confusion[4] + confusion[8]);
        actual.Accuracy.ShouldBe(actual.Correct / 100.0);
        actual.MeanLoss.ShouldBe(actual.LossSum / 100);
    }

    [Fact]
    public void A_tie_goes_to_the_lowest_class()
    {
        Recipe recipe = Tasks.Recipe("4-3:softmax");
        recipe = recipe with { Layers = [recipe.Layers[0] with { Init = Initializer.Zeros }] };
        Dataset set = Tasks.RandomSet(7, 50, 4, 3);
        TrainingTask task = Tasks.Create(recipe with { BatchSize = 50 }, set);
        EvaluationMetrics metrics =
            new Evaluator(task, Best).Evaluate(set, 0, 4, new float[task.Layout.Count]);
        for (int actual = 0; actual < 3; actual++)
        {
            metrics.Confusion(actual, 0).ShouldBeGreaterThan(0);
            metrics.Confusion(actual, 1).ShouldBe(0);
            metrics.Confusion(actual, 2).ShouldBe(0);
        }
    }

    private static int[] ConfusionOf(EvaluationMetrics metrics) =>
    [
        .. from actual in Enumerable.Range(0, metrics.Classes)
           from predicted in Enumerable.Range(0, metrics.Classes)
           select metrics.Confusion(actual, predicted),
    ];
}
