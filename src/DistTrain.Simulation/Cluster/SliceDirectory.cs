using System.Collections.Immutable;

namespace DistTrain.Simulation;

/// <summary>Where a slice is.</summary>
/// <param name="Node">On which node.</param>
/// <param name="Process">In which of its processes, since a restarted one holds nothing.</param>
/// <param name="Incarnation">Given by the head that places the slice, higher each time: one that
/// is made later from a stale directory is not taken for the newer one.</param>
internal readonly record struct Place(int Node, int Process, long Incarnation);

/// <summary>
/// Who leads and where the slices are. The leading head makes it and heartbeats spread it; a node
/// keeps the newest it has heard of, which may be stale.
/// </summary>
/// <param name="Tenure">Raised by each head that begins to lead. An engine's number: roles know
/// generations.</param>
/// <param name="Claim">Drawn by that head's process, so that no two tenures are the same: a head
/// that restarts may have heard of no tenure yet, not even of its own.</param>
/// <param name="Head">The node that leads.</param>
/// <param name="Number">Raised with each change within a tenure.</param>
/// <param name="Places">By slice; empty before any is placed.</param>
internal sealed record SliceDirectory(
    long Tenure, long Claim, int Head, int Number, ImmutableArray<Place> Places)
{
    public static readonly SliceDirectory None = new(0, 0, -1, 0, []);

    public bool IsNewerThan(SliceDirectory other) =>
        (Tenure, Claim, Number).CompareTo((other.Tenure, other.Claim, other.Number)) > 0;
}
