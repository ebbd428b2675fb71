namespace DistTrain.Learning.Tests;

public class TrainingHistoryTests
{
    [Fact]
    public void An_epoch_is_the_sum_of_its_steps()
    {
        var history = new TrainingHistory();
        history.AddStep(new BatchMetrics(3, 5, 10));
        history.AddStep(new BatchMetrics(2, 4, 10));
        history.AddSeconds(0.5);
        history.AddSeconds(0.25);
        var validation = new EvaluationMetrics(2, 6, [3, 1, 2, 2]);
        EpochRecord first = history.CloseEpoch(2, 0.1, validation);
        first.ShouldBe(new EpochRecord(
            1, 2, 0.1, 0.25, 0.45, 0.75, 0.625, 0.75, 20 / 0.75));

        history.AddStep(new BatchMetrics(1, 1, 4));
        history.CloseEpoch(3, 0.05, null)
            .ShouldBe(new EpochRecord(2, 3, 0.05, 0.25, 0.25, null, null, 0, 0));
        history.Epochs.Select(epoch => epoch.Epoch).ShouldBe([1, 2]);
    }

    [Fact]
    public void A_saved_state_continues_the_same_bits()
    {
        // Numbers whose sum depends on the order: thirds of very different sizes.
        BatchMetrics[] steps = [.. Enumerable.Range(0, 40).Select(
            i => new BatchMetrics(Math.ScaleB(1.0 / 3, (i * 7) % 50), i, 50 + i))];
        EpochRecord[] expected = Run(new TrainingHistory(), steps, 0);
        for (int saved = 0; saved <= steps.Length; saved++)
        {
            var before = new TrainingHistory();
            Run(before, steps[..saved], 0);
            HistoryState state = before.ToState();
            before.AddStep(new BatchMetrics(1e9, 1, 1));
            before.CloseEpoch(1000, 1, null);
            EpochRecord[] actual = Run(new TrainingHistory(state), steps[saved..], saved);
            actual.ShouldBe(expected, $"saved after {saved} steps");
        }
    }

    /// <summary>Ten steps an epoch, from step <paramref name="first"/>.</summary>
    private static EpochRecord[] Run(TrainingHistory history, BatchMetrics[] steps, int first)
    {
        for (int i = 0; i < steps.Length; i++)
        {
            history.AddStep(steps[i]);
            history.AddSeconds(0.125);
            if ((first + i + 1) % 10 == 0)
            {
                history.CloseEpoch(first + i + 1, 0.1, null);
            }
        }

        return [.. history.Epochs];
    }
}
