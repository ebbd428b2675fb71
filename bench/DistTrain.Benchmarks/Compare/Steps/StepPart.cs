namespace DistTrain.Benchmarks.Compare;

/// <summary>What a step does, in the order in which it does it first.</summary>
internal enum StepPart
{
    /// <summary>Rows of bytes to rows of numbers, and the map of their zeros.</summary>
    Gather,

    /// <summary>All layers' products with bias, activation and dropout.</summary>
    Forward,

    /// <summary>The last activation, the loss and the gradient of both.</summary>
    Loss,

    /// <summary>dX of all layers but the first, through activation and dropout.</summary>
    InputGradient,

    /// <summary>dW and db of all layers.</summary>
    WeightGradient,

    Update,
}
