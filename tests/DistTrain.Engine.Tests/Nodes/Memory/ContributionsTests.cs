using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tests;

public sealed class ContributionsTests
{
    private static readonly ParameterInterval Interval = Slices.Intervals[1];

    private readonly Contributions _contributions = New();

    private static Contributions New(
        TensorEncoding encoding = TensorEncoding.Binary32, int most = 3) =>
        new(new SliceId(1), Interval, encoding, most * Interval.Length * sizeof(float),
            HandleUses.Next());

    [Fact]
    public void A_gradient_that_came_is_read_where_it_was_received()
    {
        TensorHandle handle = Rent(Slices.Push(3), out Memory<byte> room);
        Slices.Floats(room).Fill(2.5f);
        _contributions.IsReady(handle).ShouldBeFalse("it is not all there");
        Complete(handle).ShouldBeTrue();

        SliceGradient gradient = _contributions.Of(handle, 3);
        gradient.Values.ToArray().ShouldAllBe(value => value == 2.5f);
        gradient.Metrics.ShouldBe(Slices.Metrics);
    }

    [Fact]
    public void What_is_not_as_it_should_be_gets_no_room()
    {
        CanRent(Slices.Push(0), Slices.Tensor(Interval.Length + 1)).ShouldBeFalse();
        CanRent(Slices.Push(0), Slices.Tensor(Interval.Length, TensorEncoding.Bfloat16))
            .ShouldBeFalse();
        CanRent(Slices.Push(0), Slices.Tensor(Interval.Length, note: [])).ShouldBeFalse();
        CanRent(Slices.Push(0), Slices.Tensor(
            Interval.Length, note: MetricsNote.Of(new BatchMetrics(1, 5, 4)))).ShouldBeFalse();
        CanRent(Slices.Push(0), Slices.Tensor(Interval.Length)).ShouldBeTrue();
    }

    [Fact]
    public void A_second_one_of_a_node_is_refused_once_the_first_is_there()
    {
        TensorHandle first = Rent(Slices.Push(3, 0, 2), out _);
        TensorHandle second = Rent(Slices.Push(3, 0, 2), out _);
        Complete(first).ShouldBeTrue();
        CanRent(Slices.Push(3, 0, 2)).ShouldBeFalse();
        Complete(second).ShouldBeTrue("it was on its way");
        CanRent(Slices.Push(3, 2, 3)).ShouldBeTrue("another node");
    }

    [Fact]
    public void What_is_late_is_refused_and_what_is_applied_makes_room()
    {
        TensorHandle[] old = [.. Enumerable.Range(0, 3).Select(
            node => Rent(Slices.Push(3, node, node + 1), out _))];
        Complete(old[0]);
        Complete(old[1]);
        CanRent(Slices.Push(4)).ShouldBeFalse("there are three");

        _contributions.FreeBefore(4);
        CanRent(Slices.Push(3, 7, 8)).ShouldBeFalse("late");
        _contributions.IsReady(old[0]).ShouldBeFalse();
        TensorHandle next = Rent(Slices.Push(4, 0, 1), out _);
        Rent(Slices.Push(4, 1, 2), out _);
        CanRent(Slices.Push(4, 2, 3)).ShouldBeFalse("the third is still being received into");
        Complete(old[2]).ShouldBeFalse("of no use any more");
        Rent(Slices.Push(4, 2, 3), out _);
        Complete(old[2]).ShouldBeFalse("its place has another use");
        Complete(next).ShouldBeTrue();
    }

    [Fact]
    public void What_does_not_come_in_full_leaves_its_place()
    {
        TensorHandle[] cut = [.. Enumerable.Range(0, 3).Select(
            node => Rent(Slices.Push(3, node, node + 1), out _))];
        Array.ForEach(cut, handle => _contributions.Abandon(NodeHandle.Of(handle)));
        TensorHandle again = Rent(Slices.Push(3), out _);
        Array.ForEach(cut, handle => _contributions.Abandon(NodeHandle.Of(handle)));
        Complete(again).ShouldBeTrue("an earlier use of its place was abandoned");
    }

    [Fact]
    public void A_restore_frees_all_and_takes_earlier_steps()
    {
        TensorHandle ready = Rent(Slices.Push(8), out _);
        Complete(ready);
        TensorHandle coming = Rent(Slices.Push(8, 1, 2), out _);
        _contributions.FreeBefore(8);
        _contributions.FreeAll();

        _contributions.IsReady(ready).ShouldBeFalse();
        Should.Throw<InvariantException>(() => _contributions.Of(ready, 8));
        Complete(coming).ShouldBeFalse();
        CanRent(Slices.Push(2, generation: 2)).ShouldBeTrue();
    }

    [Fact]
    public void A_handle_of_a_slice_that_was_here_before_names_nothing()
    {
        Contributions before = New();
        before.TryRent(
            Slices.Push(0), Slices.Tensor(Interval.Length), out TensorHandle late, out _);
        TensorHandle here = Rent(Slices.Push(0), out _);

        Complete(late).ShouldBeFalse();
        _contributions.Abandon(NodeHandle.Of(late));
        Complete(here).ShouldBeTrue();
    }

    [Theory]
    [InlineData(TensorEncoding.Bfloat16)]
    [InlineData(TensorEncoding.Binary16)]
    public void Gradients_of_16_bits_are_widened(TensorEncoding encoding)
    {
        Contributions narrow = New(encoding);
        float[] values = [.. Enumerable.Range(0, Interval.Length).Select(i => i / 4f)];
        narrow.TryRent(
            Slices.Push(0), Slices.Tensor(Interval.Length, encoding), out TensorHandle handle,
            out Memory<byte> room).ShouldBeTrue();
        TensorCompression.Encode(encoding, values, room.Span);
        narrow.TryComplete(NodeHandle.Of(handle)).ShouldBeTrue();

        narrow.Of(handle, 0).Values.ToArray().ShouldBe(values);
    }

    private bool CanRent(Contribution message, TensorDescription? tensor = null) =>
        _contributions.TryRent(
            message, tensor ?? Slices.Tensor(Interval.Length), out _, out _);

    private TensorHandle Rent(Contribution message, out Memory<byte> room)
    {
        _contributions.TryRent(
            message, Slices.Tensor(Interval.Length), out TensorHandle handle, out room)
            .ShouldBeTrue();
        return handle;
    }

    private bool Complete(TensorHandle handle) =>
        _contributions.TryComplete(NodeHandle.Of(handle));
}
