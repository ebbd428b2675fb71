namespace DistTrain.Engine.Tcp;

/// <summary>This node may not start as it is set up; the message says why and what to do.</summary>
public sealed class SecuritySetupException(string message, Exception? cause = null)
    : Exception(message, cause);
