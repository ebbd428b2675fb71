using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>What engines of nodes tell each other; the roles never see it.</summary>
public abstract record NodeMessage;

/// <summary>What a node is. The numbers are the wire's.</summary>
public enum NodeKind
{
    Worker = 1,
    ParameterServer = 2,

    /// <summary>It asks how a node is, and goes.</summary>
    Probe = 3,

    Head = 4,
}

/// <summary>First message of the node that connected.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">What its user calls it.</param>
/// <param name="Node">Drawn when its process began: the same node again, or another one.</param>
/// <param name="Run">The run that it was part of; null: none.</param>
/// <param name="Threads">It computes with so many.</param>
/// <param name="Program">Name and version, for people.</param>
public sealed record Hello(
    NodeKind Kind, string Name, Guid Node, RunId? Run, int Threads, string Program) : NodeMessage;

/// <summary>From the head: the node takes part.</summary>
/// <param name="Run">In this run.</param>
/// <param name="Ordinal">Which worker or parameter server it is, from 0.</param>
/// <param name="Description">The run: UTF-8 JSON in a tensor of bytes.</param>
public sealed record Welcome(RunId Run, int Ordinal, TensorHandle Description) : NodeMessage;

/// <summary>The node that connected is not wanted, and need not try again.</summary>
public sealed record TurnedAway(string Why) : NodeMessage;

/// <summary>From the head: where the slices are.</summary>
/// <param name="Number">Rises with every change.</param>
/// <param name="Addresses">HOST:PORT by slice; empty: the head.</param>
public sealed record SlicePlaces(long Number, ImmutableArray<string> Addresses) : NodeMessage;

/// <summary>Computing for step (or version) <paramref name="Step"/> threw at the node.</summary>
public sealed record ComputationFailed(WorkerId Worker, long Step, string Cause) : NodeMessage;

/// <summary>The sender goes.</summary>
/// <param name="Why">For people.</param>
/// <param name="IsDone">Because the run is over; else it leaves a run that goes on.</param>
public sealed record Farewell(string Why, bool IsDone) : NodeMessage;

/// <summary>Answers a <see cref="NodeKind.Probe"/>.</summary>
/// <param name="Run">What the node is busy with; null: with none.</param>
/// <param name="UnixMilliseconds">Its clock.</param>
/// <param name="Program">Name and version, for people.</param>
public sealed record ProbeAnswer(RunId? Run, long UnixMilliseconds, string Program) : NodeMessage;

/// <summary>From the head to a parameter server: hold this slice.</summary>
public sealed record HostSlice(SliceId Slice, long Incarnation) : NodeMessage;

/// <summary>Answers <see cref="HostSlice"/>: it is held, and empty.</summary>
public sealed record SliceHosted(SliceId Slice, long Incarnation) : NodeMessage;

/// <summary>From a node that was welcomed: it has all that it needs, and holds nothing.</summary>
/// <param name="Ordinal">As it was welcomed.</param>
/// <param name="Address">HOST:PORT where a parameter server listens; empty for a worker.</param>
public sealed record NodeReady(int Ordinal, string Address) : NodeMessage;
