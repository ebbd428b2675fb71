namespace DistTrain.Engine;

/// <summary>How a node ended.</summary>
public enum NodeOutcome
{
    /// <summary>The head said that the run is over.</summary>
    RunOver,

    /// <summary>It was asked to leave, and was let go.</summary>
    Left,

    /// <summary>It was not wanted, or waited too long; the log says why.</summary>
    Failed,
}
