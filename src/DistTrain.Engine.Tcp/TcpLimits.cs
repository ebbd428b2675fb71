namespace DistTrain.Engine.Tcp;

/// <summary>What nodes on TCP wait for and take at most.</summary>
internal static class TcpLimits
{
    /// <summary>Of a thread that does nothing but serve a connection.</summary>
    public const int StackBytes = 512 << 10;

    /// <summary>Nodes of a run.</summary>
    public const int Nodes = 4096;

    /// <summary>From an accepted connection to its first message; who takes longer is cut off.
    /// </summary>
    public static readonly TimeSpan Handshake = TimeSpan.FromSeconds(5);
}
