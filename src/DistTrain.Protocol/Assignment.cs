using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>
/// Who computes: the live workers in order. Which tree nodes each one gets in a step of n
/// microbatches is a pure function of this list (<see cref="WorkDivision"/>), so a step's division
/// never travels. The number tells assignments apart; it fences nothing.
/// </summary>
public sealed record Assignment(int Number, ImmutableArray<WorkerId> Workers);
