namespace DistTrain.Numerics;

/// <summary>
/// What random numbers are for: each purpose has a stream of its own under the run's seed. The
/// numbers are part of what a seed means, so none is ever changed or used again.
/// </summary>
public enum RandomPurpose
{
    /// <summary>The first parameters, addressed by (layer, public parameter index).</summary>
    Initialization = 1,

    /// <summary>The order of the training samples, addressed by (epoch, position).</summary>
    Shuffle = 2,

    /// <summary>Which activations are dropped, addressed by (step, sample, layer, unit).</summary>
    Dropout = 3,

    /// <summary>The generated digits, addressed by (image, draw).</summary>
    Digits = 4,
}
