namespace DistTrain.Numerics;

/// <summary>
/// Where a dense layer puts what it computes of a batch, (samples, units) each; the way back reads
/// it again. Logits may be the memory of Activated unless
/// <see cref="KeepsLogits"/>: then only Activated is left there.
/// </summary>
public readonly ref struct LayerOutput
{
    /// <summary>f, element by element.</summary>
    public required ElementwiseActivation Activation { get; init; }

    /// <summary>z = x · W + b</summary>
    public required Matrix Logits { get; init; }

    /// <summary>f(z)</summary>
    public required Matrix Activated { get; init; }

    /// <summary>0 or 1/(1 − p) for each output; without columns where there is no dropout.
    /// </summary>
    public ReadOnlyMatrix Factors { get; init; }

    /// <summary>f(z) ⊙ factors, where there is dropout.</summary>
    public Matrix Dropped { get; init; }

    /// <summary>Whether there is dropout.</summary>
    public bool HasDropout => Factors.Columns > 0;

    /// <summary>What it says of some samples and units.</summary>
    public LayerOutput Part(int firstSample, int samples, int firstUnit, int units) => new()
    {
        Activation = Activation,
        Logits = Logits.Part(firstSample, samples, firstUnit, units),
        Activated = Activated.Part(firstSample, samples, firstUnit, units),
        Factors = HasDropout ? Factors.Part(firstSample, samples, firstUnit, units) : default,
        Dropped = HasDropout ? Dropped.Part(firstSample, samples, firstUnit, units) : default,
    };

    /// <summary>Whether f′ is computed from z too, so that z needs memory of its own.</summary>
    public static bool KeepsLogits(ElementwiseActivation activation) =>
        activation == ElementwiseActivation.Gelu;
}
