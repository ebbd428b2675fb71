using System.Net;
using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Engine.Tcp;

/// <summary>What a worker or parameter server needs to know; the rest the head tells it.</summary>
public sealed record TcpNodeOptions
{
    /// <summary>Where the head listens: a name or address.</summary>
    public required string HeadHost { get; init; }

    public required int HeadPort { get; init; }

    /// <summary>How it proves that it belongs.</summary>
    public required LinkSecurity Security { get; init; }

    /// <summary>What its user calls it.</summary>
    public string Name { get; init; } = Environment.MachineName;

    /// <summary>Threads that compute, 1 or more.</summary>
    public int Threads { get; init; } = 1;

    public Isa Isa { get; init; } = IsaSupport.Best;

    /// <summary>Leave zeros of the inputs out of the first layer's products where that is faster.
    /// </summary>
    public bool SkipZeros { get; init; } = true;

    /// <summary>Where data are looked for and kept.</summary>
    public required DataFolders Data { get; init; }

    /// <summary>Without a head for so long, it gives up.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A node that is silent for so long is lost.</summary>
    public TimeSpan FailureTimeout { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>Called once, with where a parameter server listens.</summary>
    public Action<IPEndPoint>? Listening { get; init; }

    public required INodeLog Log { get; init; }

    internal EngineHooks Hooks { get; init; } = EngineHooks.None;
}
