using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tests;

public sealed class ReceivedVersionsTests
{
    private readonly ReceivedVersions _received = New();

    private static ReceivedVersions New() => new(Slices.Intervals, HandleUses.Next(), staleness: 0);

    [Fact]
    public void Parts_of_versions_come_in_any_order_and_are_read_as_one()
    {
        TensorHandle second5 = Receive(1, 5);
        TensorHandle second6 = Receive(1, 6);
        TensorHandle first6 = Receive(0, 6);
        TryRead([first6, second5], out _).ShouldBeFalse("parts of two versions");
        TensorHandle first5 = Receive(0, 5);

        foreach ((long version, ImmutableArray<TensorHandle> parts) in
            new[] { (5L, ImmutableArray.Create(first5, second5)), (6L, [first6, second6]) })
        {
            TryRead(parts, out float[] values).ShouldBeTrue();
            values.Length.ShouldBe(Slices.Intervals.Sum(interval => interval.Length));
            values.ShouldAllBe(value => value == version);
            _received.EndRead(parts);
        }
    }

    [Fact]
    public void A_version_that_is_read_is_never_received_into()
    {
        ImmutableArray<TensorHandle> old = ReceiveAll(0);
        _received.TryBeginRead(old, out ReadOnlyMemory<float> values).ShouldBeTrue();
        for (long version = 1; version < 12; version++)
        {
            ReceiveAll(version);
        }

        values.Span.IndexOfAnyExcept(0f).ShouldBe(-1);
        _received.EndRead(old);
        ReceiveAll(12);
        TryRead(old, out _).ShouldBeFalse("its place was taken");
    }

    [Fact]
    public void The_newest_version_and_the_one_before_make_no_room()
    {
        ImmutableArray<TensorHandle> read = ReceiveAll(0);
        _received.TryBeginRead(read, out _).ShouldBeTrue();
        TensorHandle stuck = Rent(0, 0, generation: 0);
        TensorHandle first = Receive(0, 1);
        Receive(0, 2); // slice 0 is one ahead; nothing else is free
        TensorHandle second = Receive(1, 1);
        TryRead([first, second], out _).ShouldBeTrue("a step may still need version 1");
        _received.EndRead([first, second]);
        CanRent(0, 3).ShouldBeTrue("every slice has published 2");
        TryRead([first, second], out _).ShouldBeFalse();
        _received.Abandon(NodeHandle.Of(stuck));
        _received.EndRead(read);
    }

    [Fact]
    public void A_part_comes_once_and_again_only_if_it_was_cut_off()
    {
        TensorHandle part = Rent(0, 1);
        CanRent(0, 1).ShouldBeFalse("on its way");
        _received.Abandon(NodeHandle.Of(part));
        Receive(0, 1);
        CanRent(0, 1).ShouldBeFalse("there");
    }

    [Fact]
    public void What_is_not_as_it_should_be_gets_no_room()
    {
        CanRent(2, 1, 10).ShouldBeFalse("no such slice");
        CanRent(0, 1, 10).ShouldBeFalse("another length");
        _received.TryRent(
            Slices.Part(0, 1), Slices.Tensor(
                Slices.Intervals[0].Length, TensorEncoding.Bfloat16), out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_version_of_a_generation_that_is_past_takes_no_place()
    {
        for (long version = 10; version < 14; version++)
        {
            ReceiveAll(version, generation: 2);
        }

        CanRent(0, 40).ShouldBeFalse("older, though of a higher version");
        CanRent(0, 11, generation: 2).ShouldBeFalse("there already");
        CanRent(0, 3, generation: 3).ShouldBeTrue("a lower version after a rollback");
    }

    [Fact]
    public void When_all_is_cleared_nothing_is_read_and_what_still_comes_is_of_no_use()
    {
        ImmutableArray<TensorHandle> held = ReceiveAll(1);
        TensorHandle coming = Rent(0, 2);
        _received.Clear();

        TryRead(held, out _).ShouldBeFalse();
        TensorHandle anew = Rent(0, 2);
        NodeHandle.Of(anew).Place.ShouldNotBe(NodeHandle.Of(coming).Place);
        _received.TryComplete(NodeHandle.Of(coming)).ShouldBeFalse();
        _received.TryComplete(NodeHandle.Of(anew)).ShouldBeTrue();
    }

    [Fact]
    public void A_handle_of_a_run_before_ends_nothing()
    {
        ReceivedVersions before = New();
        before.TryRent(
            Slices.Part(0, 1), Slices.Tensor(Slices.Intervals[0].Length),
            out TensorHandle late, out _);
        _received.TryComplete(NodeHandle.Of(late)).ShouldBeFalse();
        TensorHandle here = Rent(0, 1);
        _received.Abandon(NodeHandle.Of(late));
        _received.TryComplete(NodeHandle.Of(here)).ShouldBeTrue();
    }

    private ImmutableArray<TensorHandle> ReceiveAll(long version, int generation = 1) =>
        [Receive(0, version, generation), Receive(1, version, generation)];

    private TensorHandle Receive(int slice, long version, int generation = 1)
    {
        _received.TryRent(
            Slices.Part(slice, version, generation),
            Slices.Tensor(Slices.Intervals[slice].Length), out TensorHandle handle,
            out Memory<byte> room).ShouldBeTrue();
        Slices.Floats(room).Fill(version);
        _received.TryComplete(NodeHandle.Of(handle)).ShouldBeTrue();
        return handle;
    }

    private TensorHandle Rent(int slice, long version, int generation = 1)
    {
        _received.TryRent(
            Slices.Part(slice, version, generation),
            Slices.Tensor(Slices.Intervals[slice].Length), out TensorHandle handle, out _)
            .ShouldBeTrue();
        return handle;
    }

    private bool CanRent(int slice, long version, int? length = null, int generation = 1) =>
        _received.TryRent(
            Slices.Part(slice, version, generation),
            Slices.Tensor(length ?? Slices.Intervals[slice].Length), out _, out _);

    private bool TryRead(ImmutableArray<TensorHandle> parts, out float[] values)
    {
        bool isThere = _received.TryBeginRead(parts, out ReadOnlyMemory<float> read);
        values = read.ToArray();
        return isThere;
    }
}
