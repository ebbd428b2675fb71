using System.Net;
using System.Net.Sockets;

namespace DistTrain.Engine.Tcp.Tests;

public sealed class LinkSocketTests
{
    private const int TcpLevel = 6, UnsentLimit = 25, SixtyFourKilobytes = 65_536;

    [SkippableFact]
    public void The_system_is_told_to_hold_no_more_than_a_chunk_that_is_not_sent()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the option's number is that of Linux");
        using Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        using Socket dialing = new(SocketType.Stream, ProtocolType.Tcp);
        dialing.Connect(listener.LocalEndPoint!);

        using LinkSocket link = new(dialing, (IPEndPoint)dialing.RemoteEndPoint!, 0);

        byte[] value = new byte[sizeof(int)];
        dialing.GetRawSocketOption(TcpLevel, UnsentLimit, value);
        BitConverter.ToInt32(value).ShouldBe(SixtyFourKilobytes);
    }
}
