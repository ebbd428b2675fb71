using DistTrain.Protocol;

namespace DistTrain.Engine.Akka;

/// <summary>From a node to whoever leads: it is there. Said again and again: a coordinator that is
/// new, or that took the node for lost, hears it so.</summary>
/// <param name="Node">Drawn when its process began.</param>
/// <param name="IsWorker">It computes; else it hosts slices.</param>
/// <param name="IsHead">It is a head too.</param>
/// <param name="Name">What its user calls it.</param>
/// <param name="Program">Name and version, for people.</param>
/// <param name="Admission">The one that it is ready for, holding nothing that it was not given
/// since; empty: none.</param>
/// <param name="Ordinal">Which worker or parameter server it is or was; −1: none.</param>
/// <param name="Run">In which run; empty: none.</param>
/// <param name="Slices">The slices that it hosts.</param>
internal sealed record JoinRun(
    Guid Node, bool IsWorker, bool IsHead, string Name, string Program, Guid Admission,
    int Ordinal, Guid Run, SliceHeld[] Slices) : ControlMessage;

/// <summary>A slice that a node hosts.</summary>
/// <param name="Slice">Which.</param>
/// <param name="Incarnation">As the coordinator gave it.</param>
/// <param name="Path">Of its actor, as others reach it.</param>
internal sealed record SliceHeld(int Slice, long Incarnation, string Path) : ControlMessage;

/// <summary>Answers each <see cref="JoinRun"/>. The run itself comes on the lane, as Welcome.
/// </summary>
/// <param name="Admission">Drawn by the coordinator whenever it lets the node in: a worker begins
/// anew for another one.</param>
/// <param name="Run">In which run.</param>
/// <param name="Ordinal">Which worker or parameter server the node is.</param>
/// <param name="Leader">HOST:PORT of the coordinator's node: the welcome of an earlier one does not
/// count.</param>
internal sealed record Admitted(Guid Admission, Guid Run, int Ordinal, string Leader)
    : ControlMessage;

/// <summary>From the coordinator: the node is not wanted and need not ask again.</summary>
internal sealed record NotWanted(string Why) : ControlMessage;

/// <summary>From the coordinator, to all nodes: the run is over.</summary>
/// <param name="Run">Which run.</param>
/// <param name="Outcome">How.</param>
/// <param name="Version">Updates behind the parameters that it ended with.</param>
/// <param name="Cause">Why, where it did not complete; else empty.</param>
/// <param name="WorkersLost">Times that a worker was lost or failed.</param>
internal sealed record RunOver(
    Guid Run, RunOutcome Outcome, long Version, string Cause, int WorkersLost) : ControlMessage;

/// <summary>From another head: it has heard that the run is over, and has all of its result.
/// </summary>
internal sealed record RunOverHeard(Guid Run) : ControlMessage;

/// <summary>From the coordinator, to each slice: where the workers are. The whole list: the newest
/// one counts.</summary>
/// <param name="Number">Rises with every change.</param>
/// <param name="Workers">Those that are ready.</param>
/// <param name="Addresses">HOST:PORT of their nodes.</param>
internal sealed record WorkerPlaces(long Number, int[] Workers, string[] Addresses)
    : ControlMessage;
