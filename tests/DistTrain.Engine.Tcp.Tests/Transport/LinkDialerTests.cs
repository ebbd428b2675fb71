using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DistTrain.Engine.Tcp.Tests;

public sealed class LinkDialerTests
{
    [Fact]
    public void A_lost_link_is_dialled_again()
    {
        using var cluster = new TestCluster();
        var client = new RecordingHandler();
        var waits = new ConcurrentQueue<TimeSpan>();
        using LinkDialer dialer = cluster.Dial(client, wait: delay =>
        {
            waits.Enqueue(delay);
            return false;
        });
        for (int i = 0; i < 3; i++)
        {
            client.WaitForOpen();
            cluster.Server.WaitForOpen().Close("go");
            client.WaitForEnd().Kind.ShouldBe(LinkEndKind.Lost);
        }

        client.WaitForOpen();
        double[] delays = [.. waits.Select(delay => delay.TotalMilliseconds)];
        delays.Length.ShouldBe(3);
        delays[0].ShouldBeInRange(50, 100);
        delays[2].ShouldBeInRange(200, 400);
    }

    [Fact]
    public void Nobody_there_is_dialled_later_each_time_until_it_is_stopped()
    {
        using var cluster = new TestCluster();
        cluster.Listener.Dispose();
        var waits = new BlockingCollection<TimeSpan>();
        using LinkDialer dialer = cluster.Dial(new RecordingHandler(), wait: delay =>
        {
            waits.Add(delay);
            return waits.Count == 9;
        });
        for (int i = 0; i < 9; i++)
        {
            cluster.WaitForFailure().ShouldContain("it cannot be reached");
        }

        SpinWait.SpinUntil(() => waits.Count == 9, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        waits.Last().TotalSeconds.ShouldBeInRange(2.5, 5);
    }

    [Fact]
    public void Who_is_turned_away_dials_no_more()
    {
        var server = new RecordingHandler
        {
            WhenOpened = link => link.TurnAway("this run has ended"),
        };
        using var cluster = new TestCluster(server: server);
        var client = new RecordingHandler();
        int waits = 0;
        using LinkDialer dialer = cluster.Dial(
            client, wait: _ => Interlocked.Increment(ref waits) > 100);
        client.WaitForEnd()
            .ShouldBe(new LinkEnd(LinkEndKind.TurnedAway, "this run has ended"));
        server.WaitForEnd().Kind.ShouldBe(LinkEndKind.Closed);
        waits.ShouldBe(0);
    }

    [Fact]
    public void A_stopped_dialler_closes_its_link()
    {
        using var cluster = new TestCluster();
        var client = new RecordingHandler();
        LinkDialer dialer = cluster.Dial(client);
        client.WaitForOpen();
        dialer.Dispose();
        client.WaitForEnd().ShouldBe(new LinkEnd(LinkEndKind.Closed, "this node stopped"));
    }

    [Fact]
    public void A_handler_may_stop_the_dialler()
    {
        using var cluster = new TestCluster();
        LinkDialer? dialer = null;
        using var isThere = new ManualResetEventSlim();
        var client = new RecordingHandler
        {
            WhenOpened = _ =>
            {
                isThere.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
                dialer!.Dispose();
            },
        };
        dialer = cluster.Dial(client);
        isThere.Set();
        client.WaitForEnd().Cause.ShouldBe("this node stopped");
    }

    [Fact]
    public void Another_machine_is_not_dialled_without_certificates()
    {
        using var cluster = new TestCluster();
        using LinkDialer dialer = cluster.Dial(new RecordingHandler(), host: "192.0.2.1");
        cluster.WaitForFailure().ShouldContain("needs certificates");
    }

    [Fact]
    public async Task Connecting_is_given_up_when_nobody_wants_it_any_more()
    {
        // Nobody accepts, and the queue is full: what comes then is not answered at all.
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var to = (IPEndPoint)listener.LocalEndPoint!;
        using var stop = new ManualResetEventSlim();
        Task<SocketError>[] attempts =
            [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => Outcome(to, stop)))];
        SpinWait.SpinUntil(
            () => attempts.Any(attempt => attempt.IsCompleted), TimeSpan.FromSeconds(20))
            .ShouldBeTrue();
        stop.Set();
        SocketError[] outcomes =
            await Task.WhenAll(attempts).WaitAsync(TimeSpan.FromSeconds(20));
        outcomes.ShouldContain(SocketError.OperationAborted);
        outcomes.ShouldNotContain(SocketError.TimedOut);
    }

    private static SocketError Outcome(IPEndPoint to, ManualResetEventSlim stop)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.ConnectWithin(TimeSpan.FromMinutes(1), to, stop);
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }
}
