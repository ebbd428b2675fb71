using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>A node that takes part in the run, as its head knows it.</summary>
/// <param name="Node">Its process.</param>
/// <param name="Kind">Worker or parameter server.</param>
/// <param name="Ordinal">Which worker or parameter server; of a worker also its id.</param>
/// <param name="Name">What its user calls it.</param>
/// <param name="Link">The connection.</param>
internal sealed record Member(Guid Node, NodeKind Kind, int Ordinal, string Name, Link Link)
{
    /// <summary>Of a worker.</summary>
    public WorkerId Worker => new(Ordinal);

    /// <summary>It has the run and its data.</summary>
    public bool IsReady { get; set; }

    /// <summary>Where a parameter server listens.</summary>
    public string Address { get; set; } = string.Empty;

    public override string ToString() => Kind == NodeKind.Worker
        ? $"worker {Ordinal} ({Name})"
        : $"parameter server {Ordinal} ({Name})";
}
