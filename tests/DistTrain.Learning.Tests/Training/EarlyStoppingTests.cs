namespace DistTrain.Learning.Tests;

public class EarlyStoppingTests
{
    private static readonly EpochJudgement Better = new(Improved: true, Stop: false);
    private static readonly EpochJudgement Worse = new(Improved: false, Stop: false);
    private static readonly EpochJudgement Enough = new(Improved: false, Stop: true);

    [Fact]
    public void Without_a_recipe_nothing_stops_and_nothing_is_the_best()
    {
        var stopping = new EarlyStopping(null);
        stopping.Judge(Epoch(1)).ShouldBe(Worse);
        stopping.Judge(Epoch(double.NaN)).ShouldBe(Worse);
        stopping.State.ShouldBe(new EarlyStoppingState(null, 0));
    }

    [Fact]
    public void An_equal_value_is_no_improvement() =>
        Judge(2, 1, 1, 0.5).ShouldBe([Better, Worse, Better]);

    [Fact]
    public void It_stops_after_as_many_epochs_without_improvement_as_its_patience()
    {
        Judge(1, 3, 4).ShouldBe([Better, Enough]);
        Judge(3, 3, 4, 5, 2, 6, 7, 8)
            .ShouldBe([Better, Worse, Worse, Better, Worse, Worse, Enough]);
    }

    [Fact]
    public void NaN_never_improves_and_uses_up_patience()
    {
        Judge(2, double.NaN, double.NaN).ShouldBe([Worse, Enough]);
        Judge(3, double.NaN, 5, double.NaN, 4).ShouldBe([Worse, Better, Worse, Better]);
    }

    [Theory]
    [InlineData(StoppingMetric.TrainLoss, true)]
    [InlineData(StoppingMetric.ValidationLoss, true)]
    [InlineData(StoppingMetric.TrainAccuracy, false)]
    [InlineData(StoppingMetric.ValidationAccuracy, false)]
    public void A_loss_improves_downwards_and_an_accuracy_upwards(
        StoppingMetric metric, bool lowerIsBetter)
    {
        var stopping = new EarlyStopping(new EarlyStoppingRecipe(metric, 3));
        EpochRecord middle = Epoch(0.5);
        EpochRecord lower = WithMetric(middle, metric, 0.4);
        EpochRecord higher = WithMetric(middle, metric, 0.6);
        stopping.Judge(middle).Improved.ShouldBeTrue();
        stopping.Judge(lowerIsBetter ? higher : lower).Improved.ShouldBeFalse();
        stopping.Judge(lowerIsBetter ? lower : higher).Improved.ShouldBeTrue();
        stopping.State.Best.ShouldBe(lowerIsBetter ? 0.4 : 0.6);
    }

    [Fact]
    public void A_missing_validation_metric_never_improves()
    {
        var recipe = new EarlyStoppingRecipe(StoppingMetric.ValidationAccuracy, 1);
        EpochRecord epoch = Epoch(0.5) with { ValidationAccuracy = null };
        new EarlyStopping(recipe).Judge(epoch).ShouldBe(Enough);
    }

    [Fact]
    public void A_saved_state_goes_on_where_it_was()
    {
        double[] losses = [5, 4, 4.5, 3, 3, 3.5, 3.2];
        EpochJudgement[] expected = Judge(3, losses);
        expected[^1].Stop.ShouldBeTrue();
        for (int saved = 0; saved < losses.Length; saved++)
        {
            var recipe = new EarlyStoppingRecipe(StoppingMetric.ValidationLoss, 3);
            var before = new EarlyStopping(recipe);
            foreach (double loss in losses[..saved])
            {
                before.Judge(Epoch(loss));
            }

            var after = new EarlyStopping(recipe, before.State);
            losses[saved..].Select(loss => after.Judge(Epoch(loss)))
                .ShouldBe(expected[saved..], $"saved after {saved} epochs");
        }
    }

    private static EpochJudgement[] Judge(int patience, params double[] losses)
    {
        var recipe = new EarlyStoppingRecipe(StoppingMetric.ValidationLoss, patience);
        var stopping = new EarlyStopping(recipe);
        return [.. losses.Select(loss => stopping.Judge(Epoch(loss)))];
    }

    private static EpochRecord Epoch(double all) => new(1, 10, 0.1, all, all, all, all, 0, 0);

    private static EpochRecord WithMetric(EpochRecord epoch, StoppingMetric metric, double value) =>
        metric switch
        {
            StoppingMetric.TrainLoss => epoch with { TrainLoss = value },
            StoppingMetric.TrainAccuracy => epoch with { TrainAccuracy = value },
            StoppingMetric.ValidationLoss => epoch with { ValidationLoss = value },
            _ => epoch with { ValidationAccuracy = value },
        };
}
