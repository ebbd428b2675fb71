using Akka.Actor;
using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Engine.Akka;

/// <summary>What a node of a cluster on Akka.NET needs to know; a worker or parameter server is
/// told the rest by the coordinator.</summary>
public record AkkaNodeOptions
{
    /// <summary>Where this node listens: a name or an address.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>What the other nodes reach it at, where that is another name than
    /// <see cref="Host"/>; null: the same.</summary>
    public string? PublicHost { get; init; }

    /// <summary>Nodes of the cluster to ask to be let in, HOST:PORT each: its heads. None: this
    /// node founds a cluster.</summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>Finds the seeds instead; null: they are <see cref="Seeds"/>.</summary>
    public ISeedDiscovery? Discovery { get; init; }

    /// <summary>How it proves that it belongs.</summary>
    public AkkaSecurity Security { get; init; } = AkkaSecurity.LoopbackOnly;

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

    /// <summary>Without a coordinator for so long, it gives up.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A HOCON file whose settings come before those of config/akka.*.conf; null: none.
    /// </summary>
    public string? ConfigFile { get; init; }

    /// <summary>Called once, with the HOST:PORT that others reach it at.</summary>
    public Action<string>? Started { get; init; }

    public required INodeLog Log { get; init; }

    /// <summary>Where tests get at the node's system: to end it without a word.</summary>
    internal Action<ActorSystem>? SystemStarted { get; init; }

    internal EngineHooks Hooks { get; init; } = EngineHooks.None;
}
