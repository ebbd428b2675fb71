using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>Whoever connects and is no node of this run.</summary>
public sealed class StrangersTests
{
    private static readonly LinkOptions Hasty = LinkOptions.Default with
    {
        HandshakeTimeout = TimeSpan.FromMilliseconds(200),
    };

    public static TheoryData<string, byte[]> Others => new()
    {
        { "text", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: here\r\n\r\n") },
        { "TLS", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03] },
        { "a node without a token", [0x89, 0x44, 0x54, 0x57, 1, 0, 1, 0, .. new byte[64]] },
        { "zeros", new byte[4_096] },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Other_programs_are_cut_off_without_an_answer(string what, byte[] bytes)
    {
        using var cluster = new TestCluster();
        using Socket socket = cluster.Knock();
        socket.Send(bytes);
        socket.ReadToEnd().ShouldBeEmpty(what);
        cluster.WaitForRefusal(RefusalCause.OtherProgram);
        cluster.Log.ShouldHaveSingleItem().ShouldContain("was not let in");
        cluster.Server.Rest().ShouldBeEmpty();
    }

    [Fact]
    public void Who_does_not_know_the_token_is_cut_off()
    {
        using var cluster = new TestCluster();
        var client = new RecordingHandler();
        cluster.Dial(client, LinkSecurity.FromToken(RunToken.Create()));
        cluster.WaitForFailure().ShouldContain("it does not know the token");

        using Socket socket = cluster.Knock();
        socket.Send([0x89, (byte)'D', (byte)'T', (byte)'K', .. new byte[16]]);
        socket.ReadExactly(48);
        socket.Send(new byte[32]);
        socket.ReadToEnd().ShouldBeEmpty();
        cluster.WaitForRefusal(RefusalCause.WrongToken);
        client.Rest().Concat(cluster.Server.Rest()).ShouldBeEmpty();
    }

    [Fact]
    public void What_was_overheard_once_opens_nothing_again()
    {
        using var cluster = new TestCluster();
        using Socket first = cluster.Knock();
        byte[] begin = [0x89, (byte)'D', (byte)'T', (byte)'K', .. new byte[16]];
        first.Send(begin);
        byte[] answer = first.ReadExactly(48);
        byte[] signature = new byte[32];
        cluster.Token.Sign([(byte)'C', .. new byte[16], .. answer[..16]], signature);
        first.Send(signature);
        first.ReadExactly(8).ShouldBe([0x89, 0x44, 0x54, 0x57, 1, 0, 1, 0]);

        using Socket again = cluster.Knock();
        again.Send(begin);
        again.ReadExactly(48).ShouldNotBe(answer);
        again.Send(signature);
        again.ReadToEnd().ShouldBeEmpty();
        cluster.WaitForRefusal(RefusalCause.WrongToken);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10)]
    public void Who_says_nothing_or_too_little_is_cut_off_in_time(int bytes)
    {
        using var cluster = new TestCluster(Hasty);
        using Socket socket = cluster.Knock();
        socket.Send(new byte[] { 0x89, (byte)'D', (byte)'T', (byte)'K', 1, 2, 3, 4, 5, 6 }, bytes,
            SocketFlags.None);
        socket.ReadToEnd().ShouldBeEmpty();
        cluster.WaitForRefusal(RefusalCause.TooSlow);
        cluster.WaitUntil(() => cluster.Listener.Strangers == 0);
    }

    [Fact]
    public void Who_trickles_is_cut_off_in_the_same_time()
    {
        using var cluster = new TestCluster(Hasty);
        using Socket socket = cluster.Prove();
        byte[] header = [0x89, 0x44, 0x54, 0x57, 1, 0, 1, 0];
        byte[] frame = [1, 0, 0, 0, 0, 4, 0, 0, .. new byte[8]];
        socket.Send([.. header, .. frame]);

        // The payload, a byte at a time, as often as the other end has pinged: never all of it.
        socket.ReceiveTimeout = 20;
        bool isOpen = true;
        while (isOpen)
        {
            try
            {
                socket.Send([0x9f]);
                isOpen = socket.Receive(new byte[64]) > 0;
            }
            catch (SocketException e)
            {
                isOpen = e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock;
            }
        }

        cluster.WaitForRefusal(RefusalCause.TooSlow);
    }

    [Theory]
    [InlineData("01000000" + "01040000" + "0000000000000000", "a message longer than a hello")]
    [InlineData("01000000" + "ffffff7f" + "0000000000000000", "a huge message")]
    [InlineData("01000000" + "ffffffff" + "0000000000000000", "a negative length")]
    [InlineData("02010000" + "c0ff0000" + "0000000000000000", "a chunk")]
    [InlineData("04000000" + "00000000" + "0000000000000000", "a ping")]
    [InlineData("01000000" + "03000000" + "0000000000000000" + "93dd7fffffff", "a lie")]
    [InlineData("01000000" + "04000000" + "0000000000000000" + "9216920100", "another message")]
    public void What_is_no_hello_is_refused_whoever_says_it(string hex, string what)
    {
        using var cluster = new TestCluster();
        using Socket socket = cluster.Prove();
        socket.Send([0x89, 0x44, 0x54, 0x57, 1, 0, 1, 0, .. Convert.FromHexString(hex)]);
        socket.ReadToEnd();
        cluster.WaitForRefusal(RefusalCause.BadHello);
        cluster.Server.Rest().ShouldBeEmpty(what);
    }

    [Fact]
    public void A_flood_is_kept_out_and_a_node_gets_in_after_it()
    {
        using var cluster = new TestCluster(
            LinkOptions.Default with
            {
                StrangersAtOnce = 4,
                StrangersOfAddress = 4,
                HandshakeTimeout = TimeSpan.FromMilliseconds(500),
            });
        Socket[] flood = [.. Enumerable.Range(0, 100).Select(_ => cluster.Knock())];
        foreach (Socket socket in flood)
        {
            socket.ReadToEnd().ShouldBeEmpty();
        }

        cluster.WaitUntil(() => cluster.Listener.Strangers == 0);
        long tooMany = cluster.Listener.Refused(RefusalCause.TooMany);
        tooMany.ShouldBeInRange(60, 96);
        (tooMany + cluster.Listener.Refused(RefusalCause.TooSlow)).ShouldBe(100);
        cluster.Log.Count.ShouldBe(2, "one line of each cause");

        cluster.Connect(new RecordingHandler());
    }

    [Fact]
    public void One_address_does_not_shut_out_the_others()
    {
        var strangers = new Strangers(most: 4, mostOfAddress: 2);
        IPAddress loud = IPAddress.Parse("192.0.2.1");
        strangers.TryAdd(loud).ShouldBeNull();
        strangers.TryAdd(loud.MapToIPv6()).ShouldBeNull();
        strangers.TryAdd(loud).ShouldBe("2 others from there are in their handshake");
        strangers.TryAdd(IPAddress.Parse("2001:db8::1")).ShouldBeNull();
        strangers.TryAdd(IPAddress.Parse("2001:db8::2")).ShouldBeNull("of the same network");
        strangers.TryAdd(IPAddress.Parse("2001:db8::3")).ShouldNotBeNull();
        strangers.TryAdd(IPAddress.Parse("192.0.2.2"))
            .ShouldBe("4 others are in their handshake");
        strangers.Count.ShouldBe(4);

        strangers.Remove(loud);
        strangers.TryAdd(IPAddress.Parse("192.0.2.2")).ShouldBeNull();
        strangers.Remove(IPAddress.Parse("2001:db8::2"));
        strangers.TryAdd(IPAddress.Parse("2001:db8::3")).ShouldBeNull();
    }

    [Fact]
    public void A_node_that_dials_from_a_loud_address_waits_and_no_other_does()
    {
        using var cluster = new TestCluster(
            LinkOptions.Default with
            {
                StrangersOfAddress = 3,
                HandshakeTimeout = TimeSpan.FromMilliseconds(500),
            });
        Socket[] silent = [.. Enumerable.Range(0, 8).Select(_ => cluster.Knock())];
        foreach (Socket socket in silent)
        {
            socket.ReadToEnd().ShouldBeEmpty();
        }

        cluster.Listener.Refused(RefusalCause.TooMany).ShouldBeInRange(1, 5);
        cluster.Connect(new RecordingHandler());
    }
}
