using System.Net.Sockets;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp.Tests;

public sealed class LinkTests : IDisposable
{
    private static readonly LinkOptions Quick = LinkOptions.Default with
    {
        FailureTimeout = TimeSpan.FromMilliseconds(400),
        PingInterval = TimeSpan.FromMilliseconds(50),
    };

    private readonly TestCertificates _certificates = new();
    private readonly RecordingHandler _client = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public void Messages_come_for_whom_they_are_sent_either_way()
    {
        using var cluster = new TestCluster();
        (Link client, Link server) = cluster.Connect(_client);
        server.PeerHello!.Kind.ShouldBe(NodeKind.Worker);
        client.PeerHello.ShouldBeNull();

        client.TrySend(new Farewell("hello there", false), recipient: 9).ShouldBeTrue();
        cluster.Server.WaitFor<Farewell>().Why.ShouldBe("hello there");
        server.TrySend(new HostSlice(new SliceId(3), 4)).ShouldBeTrue();
        _client.WaitFor<HostSlice>().ShouldBe(new HostSlice(new SliceId(3), 4));
    }

    [Theory]
    [InlineData("shared", true)]
    [InlineData("shared", false)]
    [InlineData("TCP", true)]
    [InlineData("TCP", false)]
    [InlineData("TLS", true)]
    [InlineData("TLS", false)]
    public void Large_tensors_both_ways_at_once_arrive_whole(string way, bool isDirect)
    {
        const int Count = 6;
        using TestCluster cluster = By(way, isDirect);
        (Link client, Link server) = cluster.Connect(_client);
        byte[] tensor = new byte[3_800_000];
        new Random(5).NextBytes(tensor);
        for (int i = 0; i < Count; i++)
        {
            client.TrySend(Contribution(_client.Add(tensor), i)).ShouldBeTrue();
            server.TrySend(Contribution(cluster.Server.Add(tensor), i)).ShouldBeTrue();
        }

        foreach (RecordingHandler handler in new[] { _client, cluster.Server })
        {
            for (int i = 0; i < Count; i++)
            {
                Contribution came = handler.WaitFor<Contribution>();
                came.Step.ShouldBe(i);
                handler.Tensor(came.Gradient).AsSpan().SequenceEqual(tensor).ShouldBeTrue();
            }
        }
    }

    [Theory]
    [InlineData("shared")]
    [InlineData("TCP")]
    [InlineData("TLS")]
    public void Handlers_that_answer_tensors_with_tensors_do_not_wait_for_each_other(string way)
    {
        byte[] tensor = new byte[400_000];
        const int Turns = 60;
        RecordingHandler server = Answering(tensor, Turns);
        RecordingHandler client = Answering(tensor, Turns);
        using TestCluster cluster = By(way, server: server);
        (Link left, _) = cluster.Connect(client);
        for (int i = 0; i < 8; i++)
        {
            left.TrySend(Contribution(client.Add(tensor), 0)).ShouldBeTrue();
        }

        for (int i = 0; i < 8 * Turns / 2; i++)
        {
            server.WaitFor<Contribution>();
            client.WaitFor<Contribution>();
        }
    }

    [Fact]
    public void A_peer_that_answers_no_more_is_noticed_and_its_tensors_are_closed()
    {
        using var cluster = new TestCluster(Quick);
        using var peer = BarePeer.ByTcp(cluster);
        Link link = peer.Join();
        byte[] tensor = new byte[8 << 20];
        for (int i = 0; i < 4; i++)
        {
            link.TrySend(Contribution(cluster.Server.Add(tensor), i)).ShouldBeTrue();
        }

        // It reads nothing: the socket is full, and whoever writes is stuck.
        LinkEnd end = cluster.Server.WaitForEnd();
        end.Kind.ShouldBe(LinkEndKind.Silent);
        end.Cause.ShouldStartWith("nothing came from it for 0.");
        cluster.Server.ClosedTensors.ShouldBe(4);
        link.TrySend(new Farewell("late", false)).ShouldBeFalse();
    }

    [Fact]
    public void Two_quiet_nodes_hear_each_other_and_measure_round_trips()
    {
        using var cluster = new TestCluster(Quick);
        (Link client, Link server) = cluster.Connect(_client);
        SpinWait.SpinUntil(
            () => client.RoundTrips.Count > 12 && server.RoundTrips.Count > 12,
            TimeSpan.FromSeconds(20)).ShouldBeTrue();
        client.RoundTrips.Quantile(0.5)!.Value.ShouldBeLessThan(TimeSpan.FromSeconds(1));
        _client.Rest().Concat(cluster.Server.Rest()).ShouldBeEmpty();
    }

    [Fact]
    public void A_farewell_is_heard_before_the_end_and_behind_what_was_sent()
    {
        using var cluster = new TestCluster();
        (Link client, _) = cluster.Connect(_client);
        client.TrySend(Contribution(_client.Add(new byte[2 << 20]), 7)).ShouldBeTrue();
        client.Leave(new Farewell("the run is over", IsDone: true));

        cluster.Server.WaitForEnd()
            .ShouldBe(new LinkEnd(LinkEndKind.Farewell, "the run is over", IsDone: true));
        _client.WaitForEnd().ShouldBe(new LinkEnd(LinkEndKind.Closed, "this node left"));
        _client.ClosedTensors.ShouldBe(1);
    }

    [Fact]
    public void A_peer_that_does_not_hang_up_after_the_farewell_is_not_waited_for()
    {
        using var cluster = new TestCluster(Quick);
        using var peer = BarePeer.ByTcp(cluster);
        Link link = peer.Join();
        link.Leave(new Farewell("done", true));
        while (peer.Socket.Receive(new byte[4_096]) > 0)
        {
        }

        LinkEnd end = cluster.Server.WaitForEnd();
        end.Kind.ShouldBeOneOf(LinkEndKind.Closed, LinkEndKind.Silent);
    }

    [Fact]
    public void Closing_ends_both_and_a_lost_peer_is_lost()
    {
        using var cluster = new TestCluster();
        (Link client, _) = cluster.Connect(_client);
        client.Close("enough");
        _client.WaitForEnd().ShouldBe(new LinkEnd(LinkEndKind.Closed, "enough"));
        cluster.Server.WaitForEnd().Kind.ShouldBe(LinkEndKind.Lost);
        client.Close("again");
        client.TrySend(new Farewell("late", false)).ShouldBeFalse();
    }

    [Fact]
    public void A_handler_may_close_its_link()
    {
        var server = new RecordingHandler { WhenMessage = (link, _) => link.Close("seen enough") };
        using var cluster = new TestCluster(server: server);
        (Link client, _) = cluster.Connect(_client);
        client.TrySend(new CheckpointKept(1, "")).ShouldBeTrue();
        server.WaitForEnd().Cause.ShouldBe("seen enough");
        _client.WaitForEnd().Kind.ShouldBe(LinkEndKind.Lost);
    }

    [Fact]
    public void Garbage_from_a_node_ends_its_link()
    {
        using var cluster = new TestCluster();
        using var peer = BarePeer.ByTcp(cluster);
        peer.Join();
        peer.Socket.Send([1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xc1, 0xc1]);
        cluster.Server.WaitForEnd().Kind.ShouldBe(LinkEndKind.Refused);
    }

    [Fact]
    public void A_message_that_its_sender_has_no_role_for_ends_the_link()
    {
        using var cluster = new TestCluster(security: _certificates.Security());
        cluster.Dial(_client, _certificates.Security("disttrain worker"));
        _client.WaitForOpen().TrySend(new HoldSteps(new Generation(1))).ShouldBeTrue();
        LinkEnd end = cluster.Server.WaitForEnd();
        end.Kind.ShouldBe(LinkEndKind.Refused);
        end.Cause.ShouldContain("HoldSteps");
    }

    private TestCluster By(string way, bool isDirect = true, RecordingHandler? server = null) =>
        new(
            LinkOptions.Default with
            {
                WritesDirectly = isDirect,
                SharesMemory = way == "shared",
            },
            way == "TLS" ? _certificates.Security() : null, server);

    /// <summary>Answers each tensor by one with the next number, up to a limit.</summary>
    private static RecordingHandler Answering(byte[] tensor, int turns)
    {
        RecordingHandler handler = null!;
        handler = new RecordingHandler
        {
            WhenMessage = (link, message) =>
            {
                if (message.Content is Contribution came && came.Step + 1 < turns)
                {
                    link.TrySend(Contribution(handler.Add(tensor), came.Step + 1)).ShouldBeTrue();
                }
            },
        };
        return handler;
    }

    private static Contribution Contribution(TensorHandle handle, long step) => new(
        default, step, new TreeNode(0, 1), new WorkerId(0), handle, new Basis(default, step));
}
