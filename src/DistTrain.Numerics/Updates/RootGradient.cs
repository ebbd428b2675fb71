namespace DistTrain.Numerics;

/// <summary>
/// The gradient of a batch over some parameters, as the last sum of the microbatch tree: left +
/// right, added while the optimizer reads them, or one array where it is summed already.
/// </summary>
public readonly ref struct RootGradient
{
    /// <param name="left">The sum, or its left child.</param>
    /// <param name="right">Its right child, as long; or empty.</param>
    public RootGradient(ReadOnlySpan<float> left, ReadOnlySpan<float> right = default)
    {
        Shapes.Require(
            right.IsEmpty || right.Length == left.Length, "terms are as long as each other");
        Left = left;
        Right = right;
    }

    public ReadOnlySpan<float> Left { get; }

    /// <summary>Empty where Left is the whole sum.</summary>
    public ReadOnlySpan<float> Right { get; }

    public int Length => Left.Length;

    public RootGradient Slice(int start, int length) => new(
        Left.Slice(start, length), Right.IsEmpty ? default : Right.Slice(start, length));

    public static implicit operator RootGradient(ReadOnlySpan<float> sum) => new(sum);

    public static implicit operator RootGradient(Span<float> sum) => new(sum);

    public static implicit operator RootGradient(float[] sum) => new(sum);
}
