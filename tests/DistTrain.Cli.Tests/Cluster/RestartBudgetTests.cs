namespace DistTrain.Cli.Tests;

public sealed class RestartBudgetTests
{
    [Fact]
    public void Each_restart_waits_longer_and_after_five_in_a_minute_there_is_none()
    {
        var budget = new RestartBudget();
        var waits = Enumerable.Range(0, 6)
            .Select(second => budget.Next(TimeSpan.FromSeconds(second)))
            .ToArray();
        waits[..5].Select(wait => wait!.Value.TotalMilliseconds)
            .ShouldBe([100, 200, 400, 800, 1600]);
        waits[5].ShouldBeNull();
    }

    [Fact]
    public void A_process_that_dies_now_and_then_is_always_started_again()
    {
        var budget = new RestartBudget();
        for (int minute = 0; minute < 100; minute++)
        {
            budget.Next(TimeSpan.FromMinutes(minute)).ShouldBe(TimeSpan.FromMilliseconds(100));
        }
    }
}
