using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>What links wait for and take at most.</summary>
internal sealed record LinkOptions
{
    public static LinkOptions Default { get; } = new();

    /// <summary>From connecting to the end of the handshake, its <see cref="Hello"/> included; who
    /// takes longer is cut off.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TcpLimits.Handshake;

    /// <summary>Between two pings, whatever else is sent.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Silent for so long: lost, whatever the detector says.</summary>
    public TimeSpan FailureTimeout { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Lost from this suspicion on: a link as regular as it was so far would be silent for
    /// so long once in 10¹² times.</summary>
    public double SuspicionLimit { get; init; } = 12;

    /// <summary>The least deviation that the detector assumes: what a busy machine does to a
    /// regular link, and TCP to one that loses packets. A ping lost twice comes 0.2 + 0.4 s late;
    /// with this, silence is suspicious from 1.2 s on. With 100 ms that was 0.9 s, and a busy
    /// machine with 5 % loss each way gave up two live workers in a minute.</summary>
    public TimeSpan LeastDeviation { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Connections at a time that have not said a valid hello.</summary>
    public int StrangersAtOnce { get; init; } = 64;

    /// <summary>Those of them from one address, or from one network of IPv6.</summary>
    public int StrangersOfAddress { get; init; } = 16;

    /// <summary>Of a socket, each way; 0: as the system does it. Asking for more than its limit
    /// (net.core.wmem_max) gives that and ends the system's own adaptation. With 4 MiB a stream of
    /// tensors on loopback moved 1.8 GB/s instead of 1.3 on a machine that allows as much.
    /// </summary>
    public int SocketBufferBytes { get; init; }

    /// <summary>Whoever queues a message writes it, if the socket takes it at once; else the
    /// link's own thread does. On loopback, two cores: 420 KB and an answer took 158 µs instead of
    /// 288, 400 KB there and back 340 instead of 443, small messages there and back 40–50 instead
    /// of 50–140.</summary>
    public bool WritesDirectly { get; init; } = true;

    /// <summary>Nodes of one machine that need no encryption find each other without TCP and share
    /// memory, where the system has both.</summary>
    public bool SharesMemory { get; init; } = true;

    /// <summary>Of the log, between two lines about the same cause.</summary>
    public TimeSpan LogInterval { get; init; } = TimeSpan.FromMinutes(1);
}
