using DistTrain.Protocol;

namespace DistTrain.Wire.Tests;

/// <summary>Versions that a slow worker will not need any more are not sent to it.</summary>
public sealed class ReplacementTests
{
    [Fact]
    public void Only_the_last_two_versions_wait_for_a_worker()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        for (int version = 0; version < 1_000; version++)
        {
            Publish(left, version).ShouldBeTrue();
        }

        (left.Opened, left.Closed).ShouldBe((1_000, 998));
        TestNode.Exchange(left, right);
        Versions(right).ShouldBe([998, 999]);
        left.Closed.ShouldBe(1_000);
    }

    [Fact]
    public void A_version_that_is_under_way_is_sent_to_its_end()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        Publish(left, 0, bytes: 200_000);
        for (int frames = 0; frames < 3; frames++)
        {
            left.Connection.TryTake(out OutgoingFrame frame).ShouldBeTrue();
            right.Receive([.. frame.Head.Span, .. frame.Body.Span]);
        }

        for (int version = 1; version < 6; version++)
        {
            Publish(left, version);
        }

        TestNode.Exchange(left, right);
        Versions(right).ShouldBe([0, 4, 5]);
        left.Closed.ShouldBe(6);
    }

    [Fact]
    public void Other_slices_other_workers_and_other_messages_stay()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        Publish(left, 0, slice: 1);
        Publish(left, 0, recipient: 1);
        left.Connection.TrySend(TestNode.Contribution(left.Add(new byte[4])));
        Publish(left, 0);
        Publish(left, 5);

        TestNode.Exchange(left, right);

        right.Received.Select(m => (m.Recipient, m.Content.GetType().Name, Slice(m.Content)))
            .ShouldBe([
                (0, nameof(ParametersPublished), 1), (1, nameof(ParametersPublished), 0),
                (0, nameof(Contribution), 0), (0, nameof(ParametersPublished), 0)]);
        left.Closed.ShouldBe(5);
    }

    [Fact]
    public void An_older_generation_is_dropped_whatever_its_version()
    {
        (TestNode left, TestNode right) = TestNode.Pair();
        Publish(left, 7, generation: 1);
        Publish(left, 8, generation: 1);
        Publish(left, 3, generation: 2);
        Publish(left, 9, generation: 1);

        TestNode.Exchange(left, right);

        Versions(right).ShouldBe([3, 9], "what comes late from an old one drops nothing newer");
    }

    [Fact]
    public void Whatever_is_dropped_numbers_and_credit_stay_right()
    {
        var random = new Random(13);
        (TestNode left, TestNode right) = TestNode.Pair();
        for (int version = 0; version < 2_000; version++)
        {
            Publish(left, version, random.Next(3), random.Next(2), 4 * random.Next(1, 100_000));
            if (random.Next(3) == 0 && left.Connection.TryTake(out OutgoingFrame frame))
            {
                right.Receive([.. frame.Head.Span, .. frame.Body.Span]);
                right.SendTo(left);
            }
        }

        TestNode.Exchange(left, right);

        Versions(right).Max().ShouldBe(1_999);
        right.Received.Count.ShouldBeLessThan(1_000);
        (left.Opened, left.Closed).ShouldBe((2_000, 2_000));
    }

    private static bool Publish(
        TestNode node, long version, int slice = 0, int recipient = 0, int bytes = 8,
        int generation = 1)
    {
        var message = new ParametersPublished(
            default, new Generation(generation), new SliceId(slice), version,
            node.Add(new byte[bytes]), null);
        return node.Connection.TrySend(message, WireStream.Step, recipient);
    }

    private static IEnumerable<long> Versions(TestNode node) =>
        node.Received.Select(m => ((ParametersPublished)m.Content).Version);

    private static int Slice(object message) =>
        message is ParametersPublished published ? published.Slice.Value : 0;
}
