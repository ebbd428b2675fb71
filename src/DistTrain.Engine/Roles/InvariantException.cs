namespace DistTrain.Engine;

/// <summary>Something that cannot happen has happened: a bug, which ends the run.</summary>
internal sealed class InvariantException(string message, Exception? inner = null)
    : Exception(message, inner);
