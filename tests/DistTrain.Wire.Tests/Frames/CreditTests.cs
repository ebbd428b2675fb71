using DistTrain.Protocol;

namespace DistTrain.Wire.Tests;

public sealed class CreditTests
{
    private static readonly Generation First = new(1);

    [Fact]
    public void A_sender_stops_at_the_window_until_messages_are_handled()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        right.ReleasesAtOnce = false;
        var long_ = new Recompute(
            First, 1, [.. Enumerable.Repeat(new TreeNode(1, 70_000), WireLimits.Nodes)]);
        int size = Encoded.Bytes(long_).Length;
        int fit = WireStream.Control.WindowBytes() / size;
        for (int i = 0; i < 2 * fit; i++)
        {
            left.Connection.TrySend(long_).ShouldBeTrue();
        }

        TestNode.Exchange(left, right);
        right.Received.Count.ShouldBe(fit);

        right.Received.ForEach(right.Connection.Release);
        TestNode.Exchange(left, right);
        right.Received.Count.ShouldBe(2 * fit);
    }

    [Fact]
    public void A_stream_without_credit_holds_up_no_other()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        right.ReleasesAtOnce = false;
        for (int i = 0; i < 5; i++)
        {
            TensorHandle handle = left.Add(new byte[WireStream.Bulk.TensorBytes()]);
            left.Connection.TrySend(TestNode.Contribution(handle, i), WireStream.Bulk);
        }

        TestNode.Exchange(left, right);
        right.Received.Count.ShouldBe(1, "the second is short of the window by its header");
        left.Connection.TrySend(new HoldSteps(First));
        left.Connection.TrySend(TestNode.Contribution(left.Add(new byte[40 << 20])));
        TestNode.Exchange(left, right);
        right.Received.Count.ShouldBe(3);

        right.Received.ForEach(right.Connection.Release);
        right.ReleasesAtOnce = true;
        TestNode.Exchange(left, right);
        right.Received.Count.ShouldBe(7);
    }

    [Fact]
    public void Whatever_sizes_come_credit_never_runs_dry()
    {
        var random = new Random(3);
        (TestNode left, TestNode right) = TestNode.Pair();
        for (int i = 0; i < 300; i++)
        {
            int bytes = 4 * random.Next(1, WireStream.Bulk.TensorBytes() / 4);
            var stream = (WireStream)random.Next(1, WireStreams.Count);
            left.Connection.TrySend(TestNode.Contribution(left.Add(new byte[bytes])), stream)
                .ShouldBeTrue();
            TestNode.Exchange(left, right);
            right.Received.Count.ShouldBe(i + 1);
        }
    }

    [Fact]
    public void More_than_the_credit_is_refused()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        right.ReleasesAtOnce = false;
        left.SendTo(right);
        string hex = Convert.ToHexString(Encoded.Bytes(new HoldSteps(First)));
        int fit = WireStream.Control.WindowBytes() / (hex.Length / 2);
        for (int i = 0; i < fit; i++)
        {
            right.Receive(Frame.Message(i, hex));
        }

        Should.Throw<WireException>(() => right.Receive(Frame.Message(fit, hex)))
            .Fault.ShouldBe(WireFault.OverLimit);
    }

    [Fact]
    public void More_credit_than_was_spent_is_refused()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        left.SendTo(right);
        Should.Throw<WireException>(() => right.Receive(Frame.Of(3, 0, 0, 1, [])))
            .Fault.ShouldBe(WireFault.OverLimit);
        Should.Throw<WireException>(() => right.Receive(Frame.Of(3, 1, 0, long.MaxValue, [])))
            .Fault.ShouldBe(WireFault.OverLimit);
    }

    [Fact]
    public void A_full_queue_takes_no_more()
    {
        var node = new TestNode();
        for (int i = 0; i < WireLimits.QueuedMessages; i++)
        {
            node.Connection.TrySend(new HoldSteps(First)).ShouldBeTrue();
        }

        node.Connection.TrySend(new HoldSteps(First)).ShouldBeFalse();
        node.Connection.TrySend(new HoldSteps(First), WireStream.Step).ShouldBeTrue();
    }
}
