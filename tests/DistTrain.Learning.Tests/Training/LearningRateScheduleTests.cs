namespace DistTrain.Learning.Tests;

public class LearningRateScheduleTests
{
    private const long StepsPerEpoch = 10;

    [Fact]
    public void Constant_stays() => Rates(new ScheduleRecipe(), 0, 1, 99)
        .ShouldBe([0.5, 0.5, 0.5]);

    [Fact]
    public void Step_multiplies_by_the_factor_every_so_many_epochs()
    {
        var schedule = new ScheduleRecipe
        {
            Kind = ScheduleKind.Step,
            EveryEpochs = 2,
            Factor = 0.25,
        };
        Rates(schedule, 0, 19, 20, 39, 40).ShouldBe([0.5, 0.5, 0.125, 0.125, 0.03125]);
    }

    // As PyTorch's ExponentialLR that is stepped at each epoch's end.
    [Fact]
    public void Exponential_is_the_factor_to_the_power_of_the_epoch()
    {
        var schedule = new ScheduleRecipe { Kind = ScheduleKind.Exponential, Factor = 0.5 };
        Rates(schedule, 0, 9, 10, 19, 20, 50)
            .ShouldBe([0.5, 0.5, 0.25, 0.25, 0.125, 0.015625]);
    }

    [Fact]
    public void Cosine_falls_from_the_rate_to_its_final_share()
    {
        var schedule = new ScheduleRecipe { Kind = ScheduleKind.Cosine, FinalShare = 0.1 };
        foreach (long step in (long[])[0, 1, 25, 50, 75, 99])
        {
            double expected = 0.5 * (0.1 + (0.9 * (1 + Math.Cos(Math.PI * step / 100)) / 2));
            Rate(schedule, step).ShouldBe(expected, 1e-15);
        }

        Rate(schedule, 0).ShouldBe(0.5);
        Rate(schedule, 50).ShouldBe(0.5 * 0.55, 1e-16);
    }

    [Theory]
    [InlineData(ScheduleKind.Constant)]
    [InlineData(ScheduleKind.Step)]
    [InlineData(ScheduleKind.Exponential)]
    [InlineData(ScheduleKind.Cosine)]
    public void Warmup_grows_in_equal_steps_to_the_rate(ScheduleKind kind)
    {
        var schedule = new ScheduleRecipe { Kind = kind, WarmupSteps = 4 };
        Rates(schedule, 0, 1, 2, 3, 4).ShouldBe([0.125, 0.25, 0.375, 0.5, 0.5]);
    }

    [Fact]
    public void Cosine_behind_a_warmup_takes_the_steps_that_are_left()
    {
        var schedule = new ScheduleRecipe { Kind = ScheduleKind.Cosine, WarmupSteps = 20 };
        Rate(schedule, 20).ShouldBe(0.5);
        Rate(schedule, 60).ShouldBe(0.25, 1e-16);
        Rate(schedule, 99)
            .ShouldBe(0.5 * (1 + Math.Cos(Math.PI * 79 / 80)) / 2, 1e-15);
    }

    [Fact]
    public void A_warmup_longer_than_the_run_never_ends()
    {
        var schedule = new ScheduleRecipe { Kind = ScheduleKind.Cosine, WarmupSteps = 400 };
        Rate(schedule, 99).ShouldBe(0.125);
    }

    private static double[] Rates(ScheduleRecipe schedule, params long[] steps) =>
        [.. steps.Select(step => Rate(schedule, step))];

    private static double Rate(ScheduleRecipe schedule, long step) => LearningRateSchedule.RateAt(
        Tasks.Recipe("2-2:softmax") with
        {
            LearningRate = 0.5,
            Schedule = schedule,
            Epochs = 10,
        },
        step, StepsPerEpoch);
}
