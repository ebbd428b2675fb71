namespace DistTrain.Numerics;

/// <summary>How <see cref="Kernels.Update"/> turns a gradient into a change.</summary>
public enum UpdateRule
{
    /// <summary>w − lr · g</summary>
    Sgd,

    /// <summary>v = μ · v + g; w − lr · v</summary>
    Momentum,

    /// <summary>v = μ · v + g; w − lr · (μ · v + g): Nesterov's momentum as Sutskever et al. (2013)
    /// write it.</summary>
    Nesterov,

    /// <summary>Adam (Kingma and Ba, 2015), with N9's operations.</summary>
    Adam,
}

/// <summary>
/// The constants of one optimizer step, rounded to binary32 once (N9). The gradient is scaled,
/// clipped, gets L2, and then goes into the moments.
/// </summary>
/// <param name="Rule">Which update.</param>
/// <param name="Scale">fl32(1 / samples of the batch).</param>
/// <param name="ClipFactor">fl32(clip / norm) if the norm is above the clip, else 1.</param>
/// <param name="L2">λ of g += λ · w; 0 leaves it out.</param>
/// <param name="Decay">fl32(1 − lr · decay), on w before the step; 1 leaves it out.</param>
/// <param name="Rate">SGD and both momenta: lr. Adam: α = fl32(lr / (1 − β1ᵗ)).</param>
/// <param name="Beta1">Both momenta: μ. Adam: β1.</param>
/// <param name="Beta2">Adam: β2.</param>
/// <param name="OneMinusBeta1">Adam: c1 = fl32(1 − β1).</param>
/// <param name="OneMinusBeta2">Adam: c2 = fl32(1 − β2).</param>
/// <param name="RootCorrection">Adam: r = fl32(1 / √(1 − β2ᵗ)).</param>
/// <param name="Epsilon">Adam: ε.</param>
public readonly record struct UpdateStep(
    UpdateRule Rule,
    float Scale,
    float ClipFactor,
    float L2,
    float Decay,
    float Rate,
    float Beta1,
    float Beta2,
    float OneMinusBeta1,
    float OneMinusBeta2,
    float RootCorrection,
    float Epsilon);

/// <summary>An optimizer's memory over the interval being updated.</summary>
public readonly ref struct OptimizerMoments(Span<float> first, Span<float> second)
{
    /// <summary>The velocity of a momentum or Adam's first moment; empty for SGD.</summary>
    public Span<float> First { get; } = first;

    /// <summary>Adam's second moment, else empty.</summary>
    public Span<float> Second { get; } = second;

    public OptimizerMoments Slice(int start, int length) => new(
        First.IsEmpty ? default : First.Slice(start, length),
        Second.IsEmpty ? default : Second.Slice(start, length));
}
