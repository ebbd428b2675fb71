namespace DistTrain.Learning;

/// <summary>What training minimises, of one sample; a batch averages it.</summary>
public enum Loss
{
    /// <summary>Of the softmax of the logits against the class; the last layer is softmax.
    /// </summary>
    CrossEntropy,

    /// <summary>Mean over outputs; the last layer is sigmoid.</summary>
    BinaryCrossEntropy,

    /// <summary>Sum of squared errors over the outputs, against a one-hot target.</summary>
    Sse,
}
