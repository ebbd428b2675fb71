using System.Runtime.InteropServices;
using DistTrain.Protocol;

namespace DistTrain.Wire.Tests;

/// <summary>Tensors that stay where they are, in memory that both ends can map.</summary>
public sealed class PlaceTests
{
    private const int Borrower = 5;
    private const int Large = WireLimits.LeastLentBytes / sizeof(float);

    private readonly TestLender _lender = new(Large + 16);
    private readonly TestNode _left;
    private readonly TestNode _right;

    public PlaceTests() => (_left, _right) = TestNode.Pair(new TensorSharing(Borrower, _lender));

    [Fact]
    public void A_tensor_is_read_where_it_is_until_it_is_given_back()
    {
        _right.Adopts = true;
        Send(_lender.Payload(first: 16)).ShouldBeLessThan(200, "of 4,096");

        _right.Received.ShouldHaveSingleItem().Content.ShouldBeOfType<Contribution>();
        _right.Adopted!.Values.Span[0].ShouldBe(16);
        _right.Adopted.Values.Length.ShouldBe(Large);
        (_lender.Lent, _lender.Back).ShouldBe((1, 0));
        (_left.Opened, _left.Closed).ShouldBe((1, 1), "it is lent: whoever lends knows");
        _right.Adopted.Dispose();
        _lender.Back.ShouldBe(1);
    }

    [Fact]
    public void It_is_copied_and_given_back_where_it_cannot_be_read()
    {
        Send(_lender.Payload());
        var received = (Contribution)_right.Received.ShouldHaveSingleItem().Content;
        MemoryMarshal.Cast<byte, float>(_right.Incoming(received.Gradient).Bytes.Span).ToArray()
            .ShouldBe(Enumerable.Range(0, Large + 16).Select(i => (float)i));
        (_lender.Lent, _lender.Back).ShouldBe((1, 1));
    }

    [Fact]
    public void What_gets_no_room_is_given_back_and_refused_by_name()
    {
        _right.HasRoom = false;
        Send(_lender.Payload());
        _right.Received.ShouldBeEmpty();
        _right.Refused.ShouldHaveSingleItem().Why.ShouldStartWith("Contribution");
        _lender.Back.ShouldBe(1);
    }

    [Fact]
    public void Small_and_lost_ones_and_those_that_nobody_lends_are_sent()
    {
        Send(_lender.Payload(first: 17)).ShouldBeGreaterThan(WireLimits.LeastLentBytes - 10);
        _lender.IsLost = true;
        Send(_lender.Payload()).ShouldBeGreaterThan(WireLimits.LeastLentBytes);
        Send(_lender.Payload() with { Lender = null })
            .ShouldBeGreaterThan(WireLimits.LeastLentBytes);
        _lender.Lent.ShouldBe(0);

        TestNode alone = TestNode.Pair().Left;
        alone.Connection.TrySend(TestNode.Contribution(alone.Add(_lender.Payload())));
        TakeAll(alone).Sum(frame => frame.Length).ShouldBeGreaterThan(WireLimits.LeastLentBytes);
    }

    [Fact]
    public void When_the_connection_ends_the_lender_hears_what_is_not_back()
    {
        _right.Adopts = true;
        Send(_lender.Payload());
        _left.Connection.Close();
        _lender.LostTo.ShouldBe([Borrower]);
    }

    [Fact]
    public void Whoever_has_all_back_is_not_remembered()
    {
        Send(_lender.Payload());
        var other = new TestLender(Large);
        Send(other.Payload());
        _left.Connection.Close();
        _lender.LostTo.ShouldBeEmpty();
        other.LostTo.ShouldBe([Borrower]);
    }

    [Fact]
    public void Credit_comes_back_however_many_follow()
    {
        // One takes some 70 bytes: all together are more than the window.
        const int Many = 300_000;
        _right.HasRoom = false;
        TensorPayload payload = _lender.Payload();
        for (int i = 0; i < Many; i++)
        {
            Send(payload);
            _right.SendTo(_left);
        }

        _right.Refused.Count.ShouldBe(Many);
        _lender.Back.ShouldBe(Many);
    }

    [Theory]
    [InlineData("before any message")]
    [InlineData("behind a chunk")]
    [InlineData("twice")]
    public void A_place_comes_where_a_tensor_begins(string where)
    {
        TestNode sender = TestNode.Pair().Left;
        sender.Connection.TrySend(TestNode.Contribution(sender.Add(_lender.Payload())));
        IReadOnlyList<byte[]> frames = TakeAll(sender);
        byte[] place = Frame.Of(6, 1, TensorPlace.Bytes, 0, Place());
        int before = where switch
        {
            "before any message" => 1,
            "behind a chunk" => 3,
            _ => 2,
        };
        foreach (byte[] frame in frames.Take(before))
        {
            _right.Receive(frame);
        }

        if (where == "twice")
        {
            _right.Receive(place);
        }

        Should.Throw<WireException>(() => _right.Receive(place)).Fault
            .ShouldBe(WireFault.OutOfOrder);
    }

    [Theory]
    [InlineData(TensorPlace.Bytes - 1, 0, TensorEncoding.Binary32)]
    [InlineData(TensorPlace.Bytes + 1, 0, TensorEncoding.Binary32)]
    [InlineData(TensorPlace.Bytes, 64, TensorEncoding.Binary32)]
    [InlineData(TensorPlace.Bytes, 0, TensorEncoding.Bfloat16)]
    public void A_place_is_of_a_certain_form(int bytes, long value, TensorEncoding encoding)
    {
        TestNode sender = TestNode.Pair().Left;
        sender.Connection.TrySend(TestNode.Contribution(
            sender.Add(_lender.Payload() with { Encoding = encoding })));
        foreach (byte[] frame in TakeAll(sender).Take(2))
        {
            _right.Receive(frame);
        }

        byte[] place = Frame.Of(6, 1, bytes, value, new byte[bytes]);
        Should.Throw<WireException>(() => _right.Receive(place)).Fault
            .ShouldBe(WireFault.Malformed);
    }

    [Fact]
    public void A_place_reads_as_it_was_written()
    {
        var place = new TensorPlace(1 << 30, 77, UInt128.MaxValue - 5, 1L << 40, 503);
        byte[] bytes = new byte[TensorPlace.Bytes];
        place.Write(bytes);
        TensorPlace.Read(bytes).ShouldBe(place);
    }

    private static byte[] Place()
    {
        byte[] bytes = new byte[TensorPlace.Bytes];
        new TensorPlace(1, 2, new UInt128(3, 4), 0, Borrower).Write(bytes);
        return bytes;
    }

    private static List<byte[]> TakeAll(TestNode from)
    {
        List<byte[]> frames = [];
        while (from.Connection.TryTake(out OutgoingFrame frame))
        {
            frames.Add([.. frame.Head.Span, .. frame.Body.Span]);
        }

        return frames;
    }

    /// <returns>Bytes that were sent for it.</returns>
    private int Send(TensorPayload payload)
    {
        _left.Connection.TrySend(TestNode.Contribution(_left.Add(payload))).ShouldBeTrue();
        int bytes = 0;
        foreach (byte[] frame in TakeAll(_left))
        {
            _right.Receive(frame);
            bytes += frame.Length;
        }

        return bytes;
    }
}
