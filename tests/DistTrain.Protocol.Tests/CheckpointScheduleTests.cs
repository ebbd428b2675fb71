namespace DistTrain.Protocol.Tests;

/// <summary>Which checkpoint is ordered next.</summary>
public sealed class CheckpointScheduleTests
{
    [Fact]
    public void Nothing_is_ordered_while_slices_go_back()
    {
        var schedule = new CheckpointSchedule(Plans.Small);
        schedule.Begin(0, isOnDisk: false);
        schedule.OnJudged(8);
        schedule.TakeDue().ShouldBe(4);

        schedule.Suspend();
        schedule.TryConclude(4, isSaved: true).ShouldBeFalse();
        schedule.TakeDue().ShouldBeNull();

        // Restored: epochs are judged again before their checkpoints are ordered.
        schedule.Begin(0, isOnDisk: false);
        schedule.TakeDue().ShouldBeNull();
        schedule.OnJudged(4);
        schedule.TakeDue().ShouldBe(4);
    }

    [Theory]
    [InlineData(7, 8L)]
    [InlineData(8, null)]
    public void A_last_checkpoint_on_disk_is_written_again_for_a_slice_that_has_yet_to_get_there(
        long lowest, long? ordered)
    {
        var schedule = new CheckpointSchedule(Plans.Small);
        schedule.Resume(lowest, saved: 8, copied: -1, judged: 8);
        schedule.FinishAt(8);
        schedule.TakeDue().ShouldBe(ordered);
    }
}
