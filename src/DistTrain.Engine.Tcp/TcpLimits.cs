namespace DistTrain.Engine.Tcp;

/// <summary>What nodes on TCP wait for and take at most.</summary>
internal static class TcpLimits
{
    /// <summary>From an accepted connection to its first message; who takes longer is cut off.
    /// </summary>
    public static readonly TimeSpan Handshake = TimeSpan.FromSeconds(5);

    /// <summary>Of the stack of a thread that receives or sends.</summary>
    public const int StackBytes = 512 << 10;
}
