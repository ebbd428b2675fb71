using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>Norms of another slice are wanted that went with its parameter server. The node that
/// had it says so, and why: all slices are restored then. No failure of the slice that misses
/// them.</summary>
internal sealed class NormsGoneException(SliceId slice)
    : Exception($"the norms of slice {slice.Value} are gone with it");
