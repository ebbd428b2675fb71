using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

public sealed class GradientPoolTests
{
    private static readonly TreeNode Node = new(0, 4);
    private static readonly WorkerId First = new(0);
    private static readonly WorkerId Second = new(1);

    private readonly GradientPool _pool = new(
        parameters: 8, workers: 2, limit: 3, TensorMemory.Own);

    [Fact]
    public void A_buffer_is_reused_for_a_later_step_only()
    {
        GradientBuffer buffer = Rent(step: 0);
        buffer.Finish(default);

        Rent(step: 0).ShouldNotBeSameAs(buffer);
        Rent(step: 1).ShouldBeSameAs(buffer);
    }

    [Fact]
    public void A_buffer_that_a_straggler_still_writes_is_not_reused()
    {
        GradientBuffer buffer = Rent(step: 0);

        Rent(step: 1).ShouldNotBeSameAs(buffer);
        buffer.Finish(default);
        Rent(step: 1).ShouldBeSameAs(buffer);
    }

    [Fact]
    public void A_buffer_of_failed_work_is_free_at_once()
    {
        GradientBuffer buffer = Rent(step: 0);
        buffer.Abandon();

        Rent(step: 0).ShouldBeSameAs(buffer);
    }

    [Fact]
    public void A_worker_keeps_to_its_own_buffers_until_no_new_one_may_be_made()
    {
        GradientBuffer mine = Rent(step: 0);
        mine.Finish(default);
        GradientBuffer others = Rent(step: 1, Second);
        others.ShouldNotBeSameAs(mine);
        others.Finish(default);

        Rent(step: 2).ShouldBeSameAs(mine);
        Rent(step: 2).ShouldNotBeSameAs(others);
        Rent(step: 2).ShouldBeSameAs(others);
    }

    [Fact]
    public void A_handle_of_an_earlier_use_is_noticed()
    {
        GradientBuffer buffer = Rent(step: 0);
        TensorHandle handle = buffer.Finish(new BatchMetrics(1, 2, 3));
        _pool.Of(handle, 0).Metrics.Samples.ShouldBe(3);
        Rent(step: 1);

        Should.Throw<InvariantException>(() => _pool.Of(handle, 0));
    }

    [Fact]
    public void The_pool_has_a_limit()
    {
        Rent(0);
        Rent(0);
        Rent(0, Second);

        Should.Throw<InvariantException>(() => Rent(0));
        Should.Throw<InvariantException>(() => Rent(0, Second));
    }

    [Fact]
    public void A_buffer_of_an_older_generation_is_free_and_its_handle_stale()
    {
        GradientBuffer buffer = Rent(step: 7);
        TensorHandle handle = buffer.Finish(default);
        _pool.Is(handle, new Generation(1)).ShouldBeTrue();
        _pool.Is(handle, new Generation(2)).ShouldBeFalse();

        Rent(First, 2, step: 3).ShouldBeSameAs(buffer);

        _pool.Is(handle, new Generation(1)).ShouldBeFalse();
        _pool.Is(handle, new Generation(2)).ShouldBeFalse();
    }

    private GradientBuffer Rent(WorkerId worker, int generation, long step) =>
        _pool.Rent(worker, new Basis(new Generation(generation), step), step, Node);

    private GradientBuffer Rent(long step) => Rent(step, First);

    private GradientBuffer Rent(long step, WorkerId worker) => Rent(worker, 1, step);
}
