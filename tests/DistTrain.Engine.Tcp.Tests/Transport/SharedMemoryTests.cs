using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>How nodes of one machine come to share memory, and what happens where they cannot.
/// </summary>
public sealed class SharedMemoryTests : IDisposable
{
    private const string Reason = "local names and shared memory are Linux's";

    private readonly TestCertificates _certificates = new();
    private readonly RecordingHandler _client = new();

    public void Dispose() => _certificates.Dispose();

    [SkippableFact]
    public void Both_ends_see_what_either_writes_and_no_file_stays()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        byte[] name = RandomNumberGenerator.GetBytes(SharedSegment.NameBytes);
        using SharedSegment server = SharedSegment.TryCreate(name, 2)!;
        SharedSegment.TryCreate(name, 2).ShouldBeNull("it is there");
        using SharedSegment client = SharedSegment.TryOpen(name, 2)!;
        SharedSegment.Forget(name);
        SharedSegment.Forget(name);
        SharedSegment.TryOpen(name, 2).ShouldBeNull("it has no name any more");

        byte[] came = new byte[3];
        server.Rings[1].Write([1, 2, 3]).ShouldBe(3);
        client.Rings[0].Write([4, 5]).ShouldBe(2);
        client.Rings[1].Read(came).ShouldBe(3);
        came.ShouldBe([1, 2, 3]);
        server.Rings[0].Read(came).ShouldBe(2);
        came.ShouldBe([4, 5, 3]);
    }

    [SkippableFact]
    public void Nodes_that_listen_without_encryption_on_loopback_share_memory()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        using var cluster = new TestCluster();
        (Link client, Link server) = cluster.Connect(_client);

        client.Way.ShouldBe("shared memory");
        server.Way.ShouldBe("shared memory");
        client.RemoteEndPoint.ShouldBe(cluster.Listener.EndPoint);
        server.RemoteEndPoint.Address.ShouldBe(IPAddress.Loopback);
    }

    [Fact]
    public void Others_do_not()
    {
        using var byTcp = new TestCluster(LinkOptions.Default with { SharesMemory = false });
        byTcp.Connect(_client).Server.Way.ShouldBe("TCP");

        using var encrypted = new TestCluster(security: _certificates.Security());
        encrypted.Connect(_client).Server.Way.ShouldBe("TLS");
    }

    [Fact]
    public void A_node_whose_name_nobody_has_is_reached_by_TCP()
    {
        using var cluster = new TestCluster();
        using var relay = new Relay();
        relay.PointTo(cluster.Listener.EndPoint);
        cluster.Dial(_client, port: relay.Port);
        _client.WaitForOpen().Way.ShouldBe("TCP");
    }

    [SkippableFact]
    public void A_peer_that_cannot_map_the_memory_goes_on_by_the_socket()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        using var cluster = new TestCluster();
        using var peer = BarePeer.ByName(cluster);
        peer.Socket.Send([0]);

        peer.Join().Way.ShouldBe("a local socket");
    }

    [SkippableFact]
    public void Large_tensors_stay_where_they_are_until_the_other_end_is_done_with_them()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        using var cluster = new TestCluster();
        (Link client, Link server) = cluster.Connect(_client);
        TensorBlock[] blocks = [.. Enumerable.Range(0, 2).Select(
            _ => TensorMemory.Shared.Allocate(100_000, inPage: 0))];
        blocks[0].Values.Span.Fill(1);
        blocks[1].Values.Span.Fill(2);
        Send(client, _client, blocks[0]);
        Send(server, cluster.Server, blocks[1]);

        BorrowedTensor there = LoanOf(cluster.Server);
        there.Values.ToArray().ShouldAllBe(value => value == 1);
        blocks[0].IsHome.ShouldBeFalse();
        there.Dispose();
        blocks[0].IsHome.ShouldBeTrue();

        BorrowedTensor here = LoanOf(_client);
        server.Close("enough");
        cluster.Server.WaitForEnd();
        (blocks[0].IsLost, blocks[1].IsLost).ShouldBe((false, true));
        TensorBlock next = blocks[1].Successor(TensorMemory.Shared);
        next.Values.Length.ShouldBe(100_000);
        next.IsHome.ShouldBeTrue();
        here.Values.ToArray().ShouldAllBe(value => value == 2, "the lender has let it go");
    }

    [SkippableFact]
    public void A_peer_that_cannot_map_them_is_sent_their_bytes()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        using var cluster = new TestCluster();
        using BarePeer peer = BarePeer.ByName(cluster).Map();
        Link link = peer.Join();
        link.Way.ShouldBe("shared memory, tensors copied");
        TensorBlock block = TensorMemory.Shared.Allocate(100_000, inPage: 0);
        block.Lender.ShouldNotBeNull();
        Send(link, cluster.Server, block);

        peer.ReadUntil(4 * 100_000);
        block.IsHome.ShouldBeTrue();
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_peer_that_says_where_nothing_is_ends_the_link(bool lends)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        using var cluster = new TestCluster();
        using BarePeer peer = BarePeer.ByName(cluster).Map(lends);
        peer.Join();
        peer.SayPlaceOfNothing();

        LinkEnd end = cluster.Server.WaitForEnd();
        end.Kind.ShouldBe(LinkEndKind.Refused);
        end.Cause.ShouldContain(lends ? "cannot be mapped" : "do not share");
    }

    [SkippableFact]
    public void A_wrong_token_is_refused_by_name_too()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        using var cluster = new TestCluster();
        using Socket socket = cluster.KnockByName();
        socket.Send([0x89, (byte)'D', (byte)'T', (byte)'K', .. new byte[16]]);
        socket.ReadExactly(48);
        socket.Send(new byte[32]);

        cluster.WaitForRefusal(RefusalCause.WrongToken).ShouldContain("token");
    }

    [SkippableFact]
    public void A_peer_that_hangs_up_before_it_has_mapped_leaves_no_file()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        using var cluster = new TestCluster();
        var peer = BarePeer.ByName(cluster);
        peer.Dispose();

        cluster.WaitForRefusal(RefusalCause.HungUp);
        SharedSegment.TryOpen(peer.Name, 2).ShouldBeNull();
    }

    [SkippableFact]
    public void A_peer_that_reads_nothing_is_noticed_though_the_memory_is_full()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        using var cluster = new TestCluster(LinkOptions.Default with
        {
            FailureTimeout = TimeSpan.FromMilliseconds(400),
            PingInterval = TimeSpan.FromMilliseconds(50),
        });
        using BarePeer peer = BarePeer.ByName(cluster).Map();
        Link link = peer.Join();
        for (int i = 0; i < 4; i++)
        {
            link.TrySend(new Contribution(
                default, i, new TreeNode(0, 1), new WorkerId(0),
                cluster.Server.Add(new byte[8 << 20]), new Basis(default, i))).ShouldBeTrue();
        }

        cluster.Server.WaitForEnd().Kind.ShouldBe(LinkEndKind.Silent);
        cluster.Server.ClosedTensors.ShouldBe(4);
    }

    [SkippableFact]
    public void Memory_that_the_other_end_has_spoilt_ends_the_link()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        using var cluster = new TestCluster();
        using BarePeer peer = BarePeer.ByName(cluster).Map();
        peer.Join();
        peer.Spoil();

        LinkEnd end = cluster.Server.WaitForEnd();
        end.Kind.ShouldBe(LinkEndKind.Lost);
        end.Cause.ShouldContain("spoilt");
    }

    [SkippableFact]
    public void A_process_that_ends_is_lost_at_once_and_what_it_wrote_is_read()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        using var cluster = new TestCluster();
        using BarePeer peer = BarePeer.ByName(cluster).Map();
        peer.Join();
        peer.Say(new Farewell("its last words", false));
        peer.Socket.Dispose();

        cluster.Server.WaitFor<Farewell>().Why.ShouldBe("its last words");
        cluster.Server.WaitForEnd().Kind.ShouldBe(LinkEndKind.Farewell);
    }

    [SkippableFact]
    public void A_name_that_another_process_has_is_an_address_in_use()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        LinkSecurity security = LinkSecurity.FromToken(RunToken.Create());
        IPEndPoint at;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            at = (IPEndPoint)free.LocalEndpoint;
        }

        using var other = new Socket(
            AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(LocalName.Of(at, security)!);
        SocketException e = Should.Throw<SocketException>(() => new LinkListener(
            at, security, new RecordingHandler(), LinkOptions.Default, _ => { }));
        e.SocketErrorCode.ShouldBe(SocketError.AddressAlreadyInUse);

        other.Dispose();
        new LinkListener(at, security, new RecordingHandler(), LinkOptions.Default, _ => { })
            .Dispose();
    }

    private static void Send(Link link, RecordingHandler from, TensorBlock block) =>
        link.TrySend(new Contribution(
            default, 0, new TreeNode(0, 1), new WorkerId(0), from.Add(block),
            new Basis(default, 0))).ShouldBeTrue();

    private static BorrowedTensor LoanOf(RecordingHandler at) =>
        at.Loans[at.WaitFor<Contribution>().Gradient];

    [Fact]
    public void Only_loopback_without_encryption_has_a_name()
    {
        LinkSecurity token = LinkSecurity.FromToken(RunToken.Create());
        var loopback = new IPEndPoint(IPAddress.IPv6Loopback, 5_000);
        LocalName.Of(loopback, _certificates.Security()).ShouldBeNull();
        LocalName.Of(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 5_000), token).ShouldBeNull();
        if (OperatingSystem.IsLinux())
        {
            LocalName.Of(loopback, token)!.ToString().ShouldBe("@disttrain/[::1]:5000");
        }
    }
}
