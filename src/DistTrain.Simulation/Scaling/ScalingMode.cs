namespace DistTrain.Simulation;

/// <summary>How the work of a step grows with the workers.</summary>
public enum ScalingMode
{
    /// <summary>Not at all: one batch is divided among them.</summary>
    Strong,

    /// <summary>Each has as many samples as before.</summary>
    Weak,

    /// <summary>A step is a round; each worker has one replica, which takes its local steps.
    /// </summary>
    LocalSteps,
}
