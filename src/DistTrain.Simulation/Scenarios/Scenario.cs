using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>Everything that a simulated run follows from: the run, the cluster, the faults.
/// </summary>
internal sealed record Scenario
{
    /// <summary>Of the dice thrown while the run goes on: delays, losses.</summary>
    public required long Seed { get; init; }

    public required RunPlan Plan { get; init; }

    /// <summary>Epochs without an improvement until the run stops early.</summary>
    public required int Patience { get; init; }

    /// <summary>Nodes 0 … heads − 1: may lead, hold slices, and keep checkpoints.</summary>
    public required int Heads { get; init; }

    /// <summary>The nodes after them: hold slices.</summary>
    public required int ParameterServers { get; init; }

    /// <summary>The last nodes: compute.</summary>
    public required int Workers { get; init; }

    public int MinWorkers { get; init; } = 1;

    public Costs Costs { get; init; } = new();

    public IReadOnlyList<Fault> Faults { get; init; } = [];

    public int Nodes => Heads + ParameterServers + Workers;

    public int FirstWorker => Heads + ParameterServers;

    public NodeKind KindOf(int node) => node < Heads ? NodeKind.Head
        : node < FirstWorker ? NodeKind.ParameterServer
        : NodeKind.Worker;

    /// <summary>"head 0", "ps 2", "worker 1": numbered within its kind.</summary>
    public string NameOf(int node) => KindOf(node) switch
    {
        NodeKind.Head => $"head {node}",
        NodeKind.ParameterServer => $"ps {node - Heads}",
        _ => $"worker {node - FirstWorker}",
    };
}

/// <summary>What a node is for.</summary>
internal enum NodeKind
{
    Head,
    ParameterServer,
    Worker,
}

/// <summary>What things take without a fault, in virtual microseconds.</summary>
internal sealed record Costs
{
    /// <summary>A message between nodes, at least.</summary>
    public long LatencyMicros { get; init; } = 200;

    /// <summary>At most so much more, drawn for each message: so they overtake each other.
    /// </summary>
    public long JitterMicros { get; init; } = 300;

    public long MicrobatchMicros { get; init; } = 1_000;

    public long UpdateMicros { get; init; } = 500;

    public long DiskMicros { get; init; } = 20_000;
}
