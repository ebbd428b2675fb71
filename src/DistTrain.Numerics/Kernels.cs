namespace DistTrain.Numerics;

/// <summary>
/// The arithmetic of a dense network on one thread. Every implementation gives the same bits (the
/// numeric contract, docs/NUMERICS.md): <see cref="NaiveKernels"/> says what they are, the vector
/// kernels say it faster. Batches are rows; a gradient is a sum over samples, not a mean.
/// </summary>
public abstract class Kernels
{
    /// <summary>The instruction set that these kernels are written for.</summary>
    public abstract Isa Isa { get; }

    /// <summary>The kernels for <paramref name="isa"/>.</summary>
    /// <exception cref="PlatformNotSupportedException">This machine lacks it.</exception>
    public static Kernels For(Isa isa)
    {
        if (!IsaSupport.IsSupported(isa))
        {
            throw new PlatformNotSupportedException(
                $"This machine does not support {IsaNames.Format(isa)}.");
        }

        return isa switch
        {
            Isa.Avx512 => new VectorKernels<Lanes512>(isa),
            Isa.Avx2 => new VectorKernels<Lanes256>(isa),
            Isa.V128 => new VectorKernels<Lanes128>(isa),
            _ => new VectorKernels<LanesScalar>(isa),
        };
    }

    /// <summary>
    /// Z = X · W, each element one chain of fused multiply-adds over k from +0 (N2).
    /// </summary>
    /// <param name="x">(m, k)</param>
    /// <param name="w">(k, n)</param>
    /// <param name="z">(m, n)</param>
    public abstract void Multiply(ReadOnlyMatrix x, ReadOnlyMatrix w, Matrix z);

    /// <summary>dX = dZ · Wᵀ + 0, each element one chain over n from +0.</summary>
    /// <param name="dz">(m, n)</param>
    /// <param name="w">(k, n)</param>
    /// <param name="dx">(m, k)</param>
    public abstract void InputGradient(ReadOnlyMatrix dz, ReadOnlyMatrix w, Matrix dx);

    /// <summary>
    /// dX as above and from there, back through the dropout and the activation that X came out
    /// of, to the gradient of the logits below: (dX ⊙ factors) ⊙ f′(Z).
    /// </summary>
    /// <param name="dz">(m, n)</param>
    /// <param name="w">(k, n)</param>
    /// <param name="dx">(m, k)</param>
    /// <param name="below">(m, k) each.</param>
    public abstract void InputGradient(
        ReadOnlyMatrix dz, ReadOnlyMatrix w, Matrix dx, in LayerOutput below);

    /// <summary>
    /// dW = Xᵀ · dZ: a chain over the samples of each microbatch, the microbatches summed in their
    /// tree (N3).
    /// </summary>
    /// <param name="x">(samples, k)</param>
    /// <param name="dz">(samples, n)</param>
    /// <param name="dw">(k, n)</param>
    /// <param name="microbatch">Samples in a microbatch; the last one may have fewer.</param>
    /// <param name="nonzeros">Of X, to skip its zeros: the same but for the sign of zeros, which
    /// the root's + 0 removes (N2); null reads all.</param>
    public abstract void WeightGradient(
        ReadOnlyMatrix x, ReadOnlyMatrix dz, Matrix dw, int microbatch,
        NonzeroMap? nonzeros = null);

    /// <summary>The weight gradient of an input that is always 1.</summary>
    /// <param name="dz">(samples, n)</param>
    /// <param name="db">(n)</param>
    /// <param name="microbatch">Samples in a microbatch.</param>
    public abstract void BiasGradient(ReadOnlyMatrix dz, Span<float> db, int microbatch);

    /// <summary>
    /// A layer's outputs: Z = (X · W + 0) + bias, Y = f(Z), and Y ⊙ factors with dropout.
    /// </summary>
    /// <param name="x">(m, k)</param>
    /// <param name="w">(k, n)</param>
    /// <param name="bias">(n)</param>
    /// <param name="output">(m, n) each.</param>
    /// <param name="nonzeros">Of X, to skip its zeros: same bits where W is finite; null reads
    /// all.</param>
    public abstract void Forward(
        ReadOnlyMatrix x, ReadOnlyMatrix w, ReadOnlySpan<float> bias, in LayerOutput output,
        NonzeroMap? nonzeros = null);

    /// <summary>Finds where X is not zero.</summary>
    /// <param name="x">(m, k)</param>
    /// <param name="map">Overwritten; it says whether skipping the zeros is worth it.</param>
    public abstract void MapNonzeros(ReadOnlyMatrix x, NonzeroMap map);

    /// <summary>G = G ⊙ f′(Z) in place.</summary>
    /// <param name="activation">f, element by element.</param>
    /// <param name="gradient">(m, n): dL/dY in, dL/dZ out.</param>
    /// <param name="z">(m, n)</param>
    /// <param name="y">(m, n): f(Z).</param>
    public abstract void ActivateBackward(
        ElementwiseActivation activation, Matrix gradient, ReadOnlyMatrix z, ReadOnlyMatrix y);

    /// <summary>Y = softmax(Z) row by row.</summary>
    public abstract void Softmax(ReadOnlyMatrix z, Matrix y);

    /// <summary>G = Y ⊙ (G − ⟨G, Y⟩) in place, row by row: through a softmax.</summary>
    public abstract void SoftmaxBackward(Matrix gradient, ReadOnlyMatrix y);

    /// <summary>
    /// Softmax, its cross-entropy against a class, and the gradient of the logits.
    /// </summary>
    /// <param name="z">(m, n): logits.</param>
    /// <param name="labels">(m)</param>
    /// <param name="weights">(m): factor on each sample's loss; empty: all 1.</param>
    /// <param name="y">(m, n): probabilities.</param>
    /// <param name="losses">(m)</param>
    /// <param name="dz">(m, n)</param>
    public abstract void SoftmaxCrossEntropy(
        ReadOnlyMatrix z, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights, Matrix y,
        Span<float> losses, Matrix dz);

    /// <summary>
    /// Binary cross-entropy from logits against a one-hot target, mean over outputs.
    /// </summary>
    /// <inheritdoc cref="SoftmaxCrossEntropy"/>
    public abstract void SigmoidCrossEntropy(
        ReadOnlyMatrix z, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights, Matrix y,
        Span<float> losses, Matrix dz);

    /// <summary>Sum of (y − t)² over the outputs, t one-hot, and its gradient 2 (y − t).</summary>
    /// <param name="y">(m, n): outputs.</param>
    /// <param name="labels">(m)</param>
    /// <param name="weights">(m) or empty.</param>
    /// <param name="losses">(m)</param>
    /// <param name="dy">(m, n)</param>
    public abstract void SquaredError(
        ReadOnlyMatrix y, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights,
        Span<float> losses, Matrix dy);

    /// <summary>Pixels to inputs (N8).</summary>
    /// <param name="pixels">(n)</param>
    /// <param name="scale">The formula.</param>
    /// <param name="inputs">(n)</param>
    public abstract void ScalePixels(
        ReadOnlySpan<byte> pixels, in PixelScale scale, Span<float> inputs);

    /// <summary>Y = X ⊙ factors, and +0 where the factor is 0; Y may be X.</summary>
    public abstract void DropOut(ReadOnlyMatrix x, ReadOnlyMatrix factors, Matrix y);

    /// <summary>sum = left + right, element by element; sum may be either of them.</summary>
    public abstract void Add(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> sum);

    /// <summary>difference = left − right, element by element.</summary>
    public abstract void Subtract(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> difference);

    /// <summary>Square norm of (root + 0) · scale, summed in binary64 in order (N4).</summary>
    /// <param name="root">At most 4,096 numbers: one block.</param>
    /// <param name="scale">1 / samples of the batch.</param>
    public abstract double SquareNorm(ReadOnlySpan<float> root, float scale);

    /// <summary>The largest magnitude among numbers: NaN or ∞ if one is, of none 0.</summary>
    public abstract float LargestMagnitude(ReadOnlySpan<float> numbers);

    /// <summary>One optimizer step over an interval of the parameters (N9).</summary>
    /// <param name="root">The sum over the batch.</param>
    /// <param name="before">Parameters that the gradient was computed on.</param>
    /// <param name="after">The new parameters; may be where the old ones are.</param>
    /// <param name="state">Moments, updated in place.</param>
    /// <param name="step">The step's constants.</param>
    /// <returns>The largest magnitude of a new parameter; NaN or ∞ if one of them, or a gradient,
    /// is not finite.</returns>
    public abstract float Update(
        RootGradient root, ReadOnlySpan<float> before, Span<float> after,
        OptimizerMoments state, in UpdateStep step);
}
