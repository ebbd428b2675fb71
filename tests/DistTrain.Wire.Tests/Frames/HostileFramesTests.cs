using System.Text;
using DistTrain.Protocol;

namespace DistTrain.Wire.Tests;

/// <summary>Whatever bytes come on a connection, before and after the handshake.</summary>
public sealed class HostileFramesTests
{
    /// <summary>The whole connection and a refusal included.</summary>
    private const int FewKilobytes = 12 << 10;

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", "it speaks text, perhaps HTTP; check the port")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001",
        "it speaks TLS; both need certificates, or none")]
    [InlineData("\0\0\0\0\0\0\0\0", "it began with 0000000000000000; check the port")]
    public void Another_program_is_told_apart(string bytes, string guess)
    {
        WireException e = Should.Throw<WireException>(
            () => new TestNode().Receive(Encoding.Latin1.GetBytes(bytes)));
        e.Fault.ShouldBe(WireFault.OtherProgram);
        e.Message.ShouldBe($"the other end is no DistTrain node: {guess}");
    }

    [Fact]
    public void Versions_agree_on_the_newest_that_both_speak()
    {
        var node = new TestNode();
        node.Connection.Version.ShouldBe(0);
        node.Receive([0x89, 0x44, 0x54, 0x57, 7, 0, 1, 0]);
        node.Connection.Version.ShouldBe(ConnectionHeader.Version);

        WireException e = Should.Throw<WireException>(
            () => new TestNode().Receive([0x89, 0x44, 0x54, 0x57, 0x2c, 0x01, 2, 0]));
        e.Fault.ShouldBe(WireFault.OtherVersion);
        e.Message.ShouldBe("the other node speaks the versions 2 to 300 of DistTrain's wire, "
            + "this one 1 to 1; use the same DistTrain on both");
    }

    [Fact]
    public void Both_ends_begin_with_the_header_at_once()
    {
        new TestNode().Connection.TryTake(out OutgoingFrame frame).ShouldBeTrue();
        frame.Head.ToArray().ShouldBe(Frame.Header);
    }

    public static TheoryData<string, byte[], WireFault> Wrong => new()
    {
        { "no kind", Frame.Of(0, 0, 0, 0, []), WireFault.Malformed },
        { "an unknown kind", Frame.Of(7, 0, 0, 0, []), WireFault.Malformed },
        { "a place where no memory is shared",
            Frame.Of(6, 1, 36, 0, new byte[36]), WireFault.Malformed },
        { "an unknown stream", Frame.Of(4, 3, 0, 0, []), WireFault.Malformed },
        { "a negative value", Frame.Of(4, 0, 0, -1, []), WireFault.Malformed },
        { "a ping with payload", Frame.Of(4, 0, 1, 0, [0]), WireFault.Malformed },
        { "a message without", Frame.Of(1, 0, 0, 0, []), WireFault.Malformed },
        { "a ping to a recipient", [4, 0, 1, 0, .. new byte[12]], WireFault.Malformed },
        { "a chunk to a recipient", [2, 1, 0, 1, 4, .. new byte[11]], WireFault.Malformed },
        { "too large", Frame.Of(1, 0, 65_473, 0, []), WireFault.OverLimit },
        { "a negative size", Frame.Of(1, 0, -1, 0, []), WireFault.OverLimit },
        { "a message lost", Frame.Message(1, "9116"), WireFault.OutOfOrder },
        { "a chunk of nothing", Frame.Of(2, 1, 4, 0, []), WireFault.OutOfOrder },
        { "garbage", Frame.Message(0, "c1"), WireFault.Malformed },
        { "a tensor for control", Frame.Message(0, "91" + "cd0fa0" + "c404"), WireFault.OverLimit },
        { "a tensor too large for the bulk",
            Frame.Message(0, "91" + "cd0fa0" + "c600200004", WireStream.Bulk),
            WireFault.OverLimit },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_frame_that_is_wrong_is_refused_for_what_it_is(
        string what, byte[] frame, WireFault fault)
    {
        TestNode node = TestNode.Pair().Left;
        node.Receive(Frame.Header);
        Should.Throw<WireException>(() => node.Receive(frame), what).Fault.ShouldBe(fault, what);
    }

    [Fact]
    public void A_frame_that_comes_twice_is_noticed()
    {
        TestNode node = TestNode.Pair().Left;
        string hex = Convert.ToHexString(Encoded.Bytes(new HoldSteps(default)));
        byte[] message = Frame.Message(0, hex);
        node.Receive([.. Frame.Header, .. message]);
        Should.Throw<WireException>(() => node.Receive(message))
            .Message.ShouldBe("message 0 of Control where 1 is next");
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(4, 4)]
    [InlineData(12, 0)]
    public void A_chunk_follows_the_one_before_and_is_full(int length, long offset)
    {
        TestNode node = TestNode.Pair().Left;
        byte[] tensor = Frame.Message(0, "91" + "cd0fa0" + "c40a", WireStream.Step);
        node.Receive([.. Frame.Header, .. tensor]);
        Should.Throw<WireException>(() => node.Receive(Frame.Of(2, 1, length, offset, [])))
            .Message.ShouldBe(
                $"a chunk of {length} bytes at {offset} of Step, where 10 at 0 are next");
    }

    [Fact]
    public void A_message_in_the_midst_of_a_tensor_is_noticed()
    {
        TestNode node = TestNode.Pair().Left;
        byte[] tensor = Frame.Message(0, "91" + "cd0fa0" + "c40a", WireStream.Step);
        node.Receive([.. Frame.Header, .. tensor]);
        Should.Throw<WireException>(
            () => node.Receive(Frame.Message(1, "91" + "cd0fa0", WireStream.Step)))
            .Message.ShouldContain("in the midst of a tensor");
    }

    public static TheoryData<byte[]> TooMuchOfAStranger =>
    [
        Frame.Of(1, 0, WireLimits.StrangerBytes + 1, 0, []),
        Frame.Message(0, "91" + "1e", WireStream.Step),
        Frame.Of(2, 1, 4, 0, []),
        Frame.Of(3, 0, 0, 1, []),
        Frame.Of(4, 0, 0, 1, []),
    ];

    [Theory]
    [MemberData(nameof(TooMuchOfAStranger))]
    public void Before_the_handshake_only_small_control_messages_are_taken(byte[] frame)
    {
        var node = new TestNode();
        node.Receive(Frame.Header);
        node.Receive(Frame.Message(0, "92" + "cd0fa0" + "2a"));
        node.Refused.ShouldHaveSingleItem();
        Should.Throw<WireException>(() => node.Receive(frame));
    }

    [Fact]
    public void A_stranger_costs_a_few_kilobytes_whatever_it_sends()
    {
        var random = new Random(7);
        byte[] bytes = new byte[4_096];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            Frame.Header.CopyTo(bytes, 0);
            Frame.Of(1, 0, random.Next(1, 2_000), 0, []).CopyTo(bytes, 8);
            Allocations.Of(Meet, FewKilobytes).ShouldBeLessThanOrEqualTo(FewKilobytes);
        }

        void Meet()
        {
            var node = new TestNode();
            node.Connection.TryTake(out _);
            Refuses(node, bytes, null).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_hundred_thousand_damaged_conversations_are_read_or_refused()
    {
        byte[] conversation = Conversation();
        var random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] damaged = [.. conversation];
            for (int damages = random.Next(1, 4); damages > 0; damages--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            TestNode node = TestNode.Pair().Left;
            int length = random.Next(damaged.Length + 1);
            refused += Refuses(node, damaged.AsSpan(0, length), i % 4 == 0 ? random : null) ? 1 : 0;
            node.Connection.Close();
        }

        refused.ShouldBeInRange(40_000, 99_000);
    }

    /// <summary>What one node says to another: control messages and small tensors.</summary>
    private static byte[] Conversation()
    {
        TestNode node = TestNode.Pair().Left;
        var bytes = new List<byte>();
        for (int i = 0; i < 4; i++)
        {
            node.Connection.TrySend(new AllowSteps(new Generation(1), i));
            node.Connection.TrySend(TestNode.Contribution(node.Add(new byte[16]), i));
            TensorHandle bulk = node.Add(new byte[8]);
            node.Connection.TrySend(TestNode.Contribution(bulk, i), WireStream.Bulk);
            node.Connection.Ping(i);
            while (node.Connection.TryTake(out OutgoingFrame frame))
            {
                bytes.AddRange(frame.Head.Span);
                bytes.AddRange(frame.Body.Span);
            }
        }

        return [.. bytes];
    }

    private static bool Refuses(TestNode node, ReadOnlySpan<byte> bytes, Random? random)
    {
        try
        {
            node.Receive(bytes, random);
            return false;
        }
        catch (WireException)
        {
            return true;
        }
    }
}
