using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

public sealed class GradientPoolTests
{
    private static readonly TreeNode Node = new(0, 4);
    private static readonly SliceId First = new(0);
    private static readonly SliceId Second = new(1);

    private readonly GradientPool _pool = new(parameters: 8, slices: 2, limit: 3);

    public GradientPoolTests()
    {
        _pool.Hold(First, 0);
        _pool.Hold(Second, 0);
    }

    [Fact]
    public void A_buffer_is_not_reused_before_every_slice_has_applied_its_step()
    {
        GradientBuffer buffer = Rent(step: 0);
        _pool.Finish(buffer, default);

        Rent(step: 0).ShouldNotBeSameAs(buffer);
        _pool.Hold(First, 1);
        Rent(step: 0).ShouldNotBeSameAs(buffer);
        _pool.Hold(Second, 1);
        Rent(step: 1).ShouldBeSameAs(buffer);
    }

    [Fact]
    public void A_buffer_that_a_straggler_still_writes_is_not_reused()
    {
        GradientBuffer buffer = Rent(step: 0);
        _pool.Hold(First, 1);
        _pool.Hold(Second, 1);

        Rent(step: 1).ShouldNotBeSameAs(buffer);
        _pool.Finish(buffer, default);
        Rent(step: 1).ShouldBeSameAs(buffer);
    }

    [Fact]
    public void A_buffer_of_failed_work_is_free_at_once()
    {
        GradientBuffer buffer = Rent(step: 0);
        _pool.Abandon(buffer);

        Rent(step: 0).ShouldBeSameAs(buffer);
    }

    [Fact]
    public void A_handle_of_an_earlier_use_is_noticed()
    {
        GradientBuffer buffer = Rent(step: 0);
        TensorHandle handle = _pool.Finish(buffer, new BatchMetrics(1, 2, 3));
        _pool.Of(handle, 0).Metrics.Samples.ShouldBe(3);
        _pool.Hold(First, 1);
        _pool.Hold(Second, 1);
        Rent(step: 1);

        Should.Throw<InvariantException>(() => _pool.Of(handle, 0));
    }

    [Fact]
    public void The_pool_has_a_limit()
    {
        Rent(0);
        Rent(0);
        Rent(0);

        Should.Throw<InvariantException>(() => Rent(0));
    }

    private GradientBuffer Rent(long step) => _pool.Rent(step, Node);
}
