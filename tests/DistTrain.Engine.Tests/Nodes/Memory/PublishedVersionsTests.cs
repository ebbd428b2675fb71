using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

public sealed class PublishedVersionsTests
{
    private readonly PublishedVersions _versions = New();

    [Fact]
    public void The_newest_and_the_one_before_are_held_in_two_blocks()
    {
        for (int version = 0; version < 10; version++)
        {
            _versions.Begin(version).Span.Fill(version);
            _versions.Of(version).Span[^1].ShouldBe(version);
            if (version > 0)
            {
                _versions.Of(version - 1).Span[0].ShouldBe(version - 1);
            }
        }

        _versions.Blocks.ShouldBe(2);
        Should.Throw<InvariantException>(() => _versions.HandleOf(7));
    }

    [Fact]
    public void A_version_that_is_being_sent_is_not_overwritten()
    {
        _versions.Begin(0).Span.Clear();
        NodeHandle sent = HandleOf(0);
        ReadOnlyMemory<byte> bytes = _versions.Open(sent).Bytes;
        _versions.Open(sent);
        for (int version = 1; version < 6; version++)
        {
            _versions.Begin(version).Span.Fill(version);
        }

        Slices.Floats(bytes).ShouldAllBe(value => value == 0);
        _versions.Blocks.ShouldBe(3);

        // By one connection: the other still sends it.
        _versions.Close(sent);
        _versions.Begin(6).Span.Fill(6);
        _versions.Begin(7).Span.Fill(7);
        Slices.Floats(bytes).ShouldAllBe(value => value == 0);
        _versions.Close(sent);
        _versions.Begin(8).Span.Fill(8);
        _versions.Begin(9).Span.Fill(9);
        Slices.Floats(bytes).ShouldAllBe(value => value > 7);
        _versions.Blocks.ShouldBe(3);
    }

    [Fact]
    public void A_version_that_stands_there_no_more_is_not_sent()
    {
        _versions.Begin(0);
        NodeHandle old = HandleOf(0);
        _versions.Begin(1);
        _versions.Begin(2);

        Should.Throw<InvariantException>(() => _versions.Open(old));
    }

    [Fact]
    public void A_handle_of_a_slice_that_was_here_before_closes_nothing()
    {
        PublishedVersions before = New();
        before.Begin(0);
        NodeHandle late = NodeHandle.Of(before.HandleOf(0));
        _versions.Begin(0).Span.Clear();
        ReadOnlyMemory<byte> bytes = _versions.Open(HandleOf(0)).Bytes;

        _versions.Close(late);
        for (int version = 1; version < 4; version++)
        {
            _versions.Begin(version).Span.Fill(version);
        }

        Slices.Floats(bytes).ShouldAllBe(value => value == 0);
    }

    private static PublishedVersions New(TensorMemory? memory = null) =>
        new(new SliceId(1), Slices.Intervals[1], HandleUses.Next(), memory ?? TensorMemory.Own);

    private NodeHandle HandleOf(long version) => NodeHandle.Of(_versions.HandleOf(version));
}
