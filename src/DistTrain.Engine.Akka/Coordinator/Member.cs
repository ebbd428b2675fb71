using Akka.Actor;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka;

/// <summary>A node that takes part in the run, as the coordinator knows it.</summary>
/// <param name="Id">Of its process.</param>
/// <param name="Node">Its actor.</param>
/// <param name="Address">Where it is.</param>
/// <param name="IsWorker">It computes; else it hosts slices.</param>
/// <param name="IsHead">It is a head too.</param>
/// <param name="Ordinal">Which worker or parameter server; of a worker also its id.</param>
/// <param name="Name">What its user calls it.</param>
internal sealed record Member(
    Guid Id, IActorRef Node, Address Address, bool IsWorker, bool IsHead, int Ordinal,
    string Name)
{
    /// <summary>Of its being let in.</summary>
    public Guid Admission { get; } = Guid.NewGuid();

    public WorkerId Worker => new(Ordinal);

    /// <summary>It has the run and, for a worker, its data.</summary>
    public bool IsReady { get; set; }

    /// <summary>It said that it goes.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>When the run was sent to it last.</summary>
    public DateTimeOffset WelcomedAt { get; set; }

    public override string ToString() => IsWorker
        ? $"worker {Ordinal} ({Name})"
        : $"parameter server {Ordinal} ({Name})";
}
