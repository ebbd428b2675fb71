using DistTrain.Protocol;

namespace DistTrain.Wire.Tests;

public sealed class ConnectionTests
{
    private static readonly Generation First = new(1);

    [Fact]
    public void Messages_and_tensors_arrive_in_whatever_pieces_the_bytes_come()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            (TestNode left, TestNode right) = TestNode.Pair();
            byte[][] tensors = [.. Enumerable.Range(0, 12).Select(_ => Bytes(random))];
            foreach (byte[] tensor in tensors)
            {
                left.Connection.TrySend(TestNode.Contribution(left.Add(tensor))).ShouldBeTrue();
                left.Connection.TrySend(new AllowSteps(First, tensor.Length)).ShouldBeTrue();
            }

            TestNode.Exchange(left, right, random);

            right.Received.Select(m => m.Content).OfType<AllowSteps>().Select(m => m.Version)
                .ShouldBe(tensors.Select(tensor => (long)tensor.Length));
            right.Received.Select(m => m.Content).OfType<Contribution>()
                .Zip(tensors, (m, tensor) =>
                    right.Incoming(m.Gradient).Bytes.Span.SequenceEqual(tensor))
                .ShouldBe(Enumerable.Repeat(true, tensors.Length));
            (left.Opened, left.Closed).ShouldBe((12, 12));
            right.Connection.IsBetweenFrames.ShouldBeTrue();
        }
    }

    [Fact]
    public void Tensors_are_sent_from_where_they_are_and_received_where_they_belong()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        byte[] tensor = Bytes(new Random(1), 3 * WireLimits.PayloadBytes + 64);
        left.Connection.TrySend(TestNode.Contribution(left.Add(tensor)));
        int direct = 0;
        while (left.Connection.TryTake(out OutgoingFrame frame))
        {
            if (frame.Body.Length == 0 || !frame.Body.Span.Overlaps(tensor))
            {
                right.Receive([.. frame.Head.Span, .. frame.Body.Span]);
                continue;
            }

            right.Receive(frame.Head.Span);
            Memory<byte> buffer = right.Connection.Buffer;
            buffer.Length.ShouldBe(frame.Body.Length);
            frame.Body.CopyTo(buffer);
            right.Connection.Advance(buffer.Length);
            direct += buffer.Length;
        }

        direct.ShouldBe(tensor.Length);
        var received = (Contribution)right.Received.ShouldHaveSingleItem().Content;
        right.Incoming(received.Gradient).Bytes.Span.SequenceEqual(tensor).ShouldBeTrue();
    }

    [Fact]
    public void A_control_message_waits_for_no_more_than_one_chunk_of_100_megabytes()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        byte[] tensor = new byte[10 << 20];
        for (int i = 0; i < 10; i++)
        {
            left.Connection.TrySend(TestNode.Contribution(left.Add(tensor), i)).ShouldBeTrue();
        }

        // Some are under way, and one chunk is being written.
        for (int frames = 0; frames < 50; frames++)
        {
            left.Connection.TryTake(out OutgoingFrame frame).ShouldBeTrue();
            right.Receive([.. frame.Head.Span, .. frame.Body.Span]);
        }

        for (int i = 0; i < 20; i++)
        {
            left.Connection.TrySend(new AllowSteps(First, i)).ShouldBeTrue();
            left.Connection.TryTake(out OutgoingFrame frame).ShouldBeTrue();
            (frame.Head.Length + frame.Body.Length).ShouldBeLessThan(64);
            right.Receive([.. frame.Head.Span, .. frame.Body.Span]);
            right.Received[^1].Content.ShouldBe(new AllowSteps(First, i));
            left.Connection.TryTake(out frame).ShouldBeTrue();
            (frame.Head.Length + frame.Body.Length).ShouldBeInRange(60_000, 1 << 16);
            right.Receive([.. frame.Head.Span, .. frame.Body.Span]);
        }

        TestNode.Exchange(left, right);
        right.Received.Count.ShouldBe(30);
    }

    [Fact]
    public void The_bulk_gets_a_turn_beside_the_step()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        TensorHandle large = left.Add(new byte[8 << 20]);
        TensorHandle bulk = left.Add(new byte[20 * WireLimits.PayloadBytes]);
        left.Connection.TrySend(TestNode.Contribution(bulk, 2), WireStream.Bulk).ShouldBeTrue();
        left.Connection.TrySend(TestNode.Contribution(large, 1)).ShouldBeTrue();
        var streams = new List<int>();
        while (left.Connection.TryTake(out OutgoingFrame frame))
        {
            streams.Add(frame.Head.Span[1]);
            right.Receive([.. frame.Head.Span, .. frame.Body.Span]);
        }

        streams.Skip(1).Take(24).ShouldBe(
            [1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 2]);
        right.Received.Select(m => (m.Stream, ((Contribution)m.Content).Step)).ShouldBe(
            [(WireStream.Step, 1), (WireStream.Bulk, 2)]);
    }

    [Fact]
    public void A_message_of_an_unknown_number_is_refused_by_it_and_the_connection_goes_on()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        left.SendTo(right);
        right.Receive(Frame.Message(0, "92" + "cd0fa0" + "2a"));
        right.Receive(Frame.Message(0, "92" + "cd0fa1" + "2a" + "c405", WireStream.Step));
        right.Receive(Frame.Of(2, 1, 5, 0, new byte[5]));
        right.Receive(Frame.Message(1, Convert.ToHexString(Encoded.Bytes(new HoldSteps(First)))));

        right.Refused.Select(refused => refused.Number).ShouldBe([4_000, 4_001]);
        right.Refused[0].Why.ShouldBe("no message that travels has the number 4000");
        right.Received.ShouldHaveSingleItem().Content.ShouldBe(new HoldSteps(First));
    }

    [Fact]
    public void A_tensor_without_room_is_dropped_with_its_message()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        right.HasRoom = false;
        left.Connection.TrySend(TestNode.Contribution(left.Add(new byte[40 << 20])));
        TestNode.Exchange(left, right, new Random(2));
        right.Received.ShouldBeEmpty();
        right.Refused.ShouldHaveSingleItem().Why.ShouldStartWith("Contribution: no room");

        right.HasRoom = true;
        left.Connection.TrySend(TestNode.Contribution(left.Add(new byte[4])));
        TestNode.Exchange(left, right);
        right.Received.ShouldHaveSingleItem();
    }

    [Fact]
    public void When_a_connection_is_over_every_tensor_is_closed_once_or_abandoned()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        for (int i = 0; i < 3; i++)
        {
            left.Connection.TrySend(TestNode.Contribution(left.Add(new byte[200_000]), i));
        }

        // The first is all taken, the second has begun, the third waits.
        for (int frames = 0; frames < 8; frames++)
        {
            left.Connection.TryTake(out OutgoingFrame frame).ShouldBeTrue();
            right.Receive([.. frame.Head.Span, .. frame.Body.Span]);
        }

        right.Connection.Close();
        left.Connection.Close();
        right.Connection.Close();
        left.Connection.Close();

        (left.Opened, left.Closed).ShouldBe((3, 3));
        (right.Received.Count, right.Abandoned).ShouldBe((1, 1));
        left.Connection.TrySend(new HoldSteps(First)).ShouldBeFalse();
        left.Connection.TryTake(out _).ShouldBeFalse();
    }

    [Fact]
    public void A_message_that_cannot_be_sent_leaves_no_tensor_open()
    {
        var node = new TestNode();
        TensorHandle handle = node.Add(new byte[8]);
        var workers = Enumerable.Repeat(new WorkerId(1), WireLimits.Workers + 1);
        var message = new ParametersPublished(
            default, First, default, 1, handle, new Assignment(1, [.. workers]));
        Should.Throw<ArgumentException>(() => node.Connection.TrySend(message));
        Should.Throw<InvariantException>(() =>
            node.Connection.TrySend(TestNode.Contribution(handle), WireStream.Control));
        Should.Throw<InvariantException>(() =>
            node.Connection.TrySend(TestNode.Contribution(node.Add(new byte[6]))));
        (node.Opened, node.Closed).ShouldBe((3, 3));
    }

    [Fact]
    public void A_message_comes_for_whom_it_was_sent_and_a_tensor_with_its_note()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        TensorHandle handle = left.Add(new byte[100_000], note: [1, 2, 3]);
        left.Connection.TrySend(TestNode.Contribution(handle), WireStream.Step, 65_535);
        left.Connection.TrySend(new AllowSteps(First, 1), WireStream.Control, 7);
        left.Connection.TrySend(new AllowSteps(First, 2));

        TestNode.Exchange(left, right, new Random(5));

        right.Received.Select(m => m.Recipient).ShouldBe([7, 0, 65_535]);
        TensorDescription announced = right.Announced.ShouldHaveSingleItem();
        announced.Recipient.ShouldBe(65_535);
        announced.Note.ToArray().ShouldBe([1, 2, 3]);
        Should.Throw<ArgumentOutOfRangeException>(
            () => left.Connection.TrySend(new HoldSteps(First), WireStream.Control, 65_536));
    }

    [Fact]
    public void Messages_take_the_stream_that_is_theirs()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        TensorHandle data = left.Add(new byte[5], TensorEncoding.Bytes);
        var part = new DataPart(new string('0', 64), 0, 5, data);
        left.Connection.TrySend(part).ShouldBeTrue();
        left.Connection.TrySend(new StateEnd(First, default, 1, -1, "")).ShouldBeTrue();
        left.Connection.TrySend(new Farewell("over", true)).ShouldBeTrue();
        left.Connection.TrySend(TestNode.Contribution(left.Add(new byte[4]))).ShouldBeTrue();

        TestNode.Exchange(left, right);

        right.Received.Select(m => m.Stream).ShouldBe(
            [WireStream.Control, WireStream.Step, WireStream.Bulk, WireStream.Bulk]);
    }

    [Fact]
    public void A_ping_is_answered_and_only_the_newest()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        left.SendTo(right);
        right.Receive([.. Frame.Of(4, 0, 0, 6, []), .. Frame.Of(4, 0, 0, 7, [])]);
        TestNode.Exchange(left, right);
        left.Pongs.ShouldBe([7]);

        left.Connection.Ping(8);
        TestNode.Exchange(left, right);
        left.Pongs.ShouldBe([7, 8]);
    }

    private static byte[] Bytes(Random random, int? length = null)
    {
        byte[] bytes = new byte[length ?? 4 * random.Next(1, 60_000)];
        random.NextBytes(bytes);
        return bytes;
    }
}
