using DistTrain.Learning;

namespace DistTrain.Cli.Tests;

public sealed class ReportTests
{
    [Fact]
    public void Class_scores_are_those_of_the_textbook()
    {
        // Rows are what it is: 3 + 1 of class 0, 2 + 4 of class 1, none of class 2.
        var metrics = new EvaluationMetrics(3, 1, [3, 1, 0, 2, 4, 0, 0, 0, 0]);
        var scores = ClassScores.Of(metrics);
        scores[0].ShouldBe(new ClassScores(0, 3.0 / 5, 3.0 / 4, 2.0 * 3 / 9, 4));
        scores[1].ShouldBe(new ClassScores(1, 4.0 / 5, 4.0 / 6, 2.0 * 4 / 11, 6));
        scores[2].ShouldBe(new ClassScores(2, 0, 0, 0, 0));
    }

    [Theory]
    [InlineData(0.03, 0.47, 0, 0.5, 0.1)]
    [InlineData(0.862, 0.991, 0.85, 1.0, 0.05)]
    [InlineData(0.0, 10.0, 0, 10, 2)]
    [InlineData(1000, 1001, 1000, 1001, 0.2)]
    public void An_axis_ends_on_round_numbers(
        double min, double max, double first, double last, double step)
    {
        var axis = new Axis(min, max, 5);
        axis.Min.ShouldBe(first, 1e-9);
        axis.Max.ShouldBe(last, 1e-9);
        axis.Step.ShouldBe(step, 1e-9);
        axis.Ticks.First().ShouldBe(first, 1e-9);
        axis.Ticks.Last().ShouldBe(last, 1e-9);
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0, 0)]
    public void An_axis_of_one_value_has_room_around_it(double min, double max)
    {
        var axis = new Axis(min, max, 5);
        axis.Position(min).ShouldBeInRange(0.2, 0.8);
    }

    [Fact]
    public void A_gap_in_a_curve_is_a_gap_in_its_path()
    {
        string svg = LinePlot.Draw("t", [new Curve("c", "train", [1, null, double.NaN, 2, 3])]);
        svg.Split('M').Length.ShouldBe(3);
        svg.Split("<circle").Length.ShouldBe(4);
        svg.ShouldNotContain("NaN");
    }

    [Fact]
    public void History_has_a_line_an_epoch_and_empty_fields_for_what_is_not_there()
    {
        string csv = HistoryCsv.Format([new(1, 5, 0.001, 0.1 + 0.2, 0.5, null, null, 2, 3)]);
        csv.Split('\n')[1].ShouldBe("1,5,0.001,0.30000000000000004,0.5,,,2,3");
    }
}
