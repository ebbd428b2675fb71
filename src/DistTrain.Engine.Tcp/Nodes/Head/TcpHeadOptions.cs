using System.Net;
using DistTrain.Learning;

namespace DistTrain.Engine.Tcp;

/// <summary>What a head needs to know besides the run.</summary>
public sealed record TcpHeadOptions
{
    /// <summary>Where nodes connect; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Who may connect.</summary>
    public required LinkSecurity Security { get; init; }

    /// <summary>Parameter servers on nodes of their own to wait for; they take all slices but
    /// slice 0. With 0 all slices are the head's.</summary>
    public int ParameterServerNodes { get; init; }

    /// <summary>How gradients travel: 32 bits, exact, or 16.</summary>
    public GradientCompression Compression { get; init; }

    /// <summary>A node that is silent for so long is lost.</summary>
    public TimeSpan FailureTimeout { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>Called once, with where it listens.</summary>
    public Action<IPEndPoint>? Listening { get; init; }

    public required INodeLog Log { get; init; }

    internal EngineHooks Hooks { get; init; } = EngineHooks.None;
}
