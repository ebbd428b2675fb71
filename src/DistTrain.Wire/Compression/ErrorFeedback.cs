using System.Numerics;

namespace DistTrain.Wire;

/// <summary>
/// What rounding took from a worker's gradients is added to its next ones (Seide et al., 2014;
/// Karimireddy et al., 2019): over many steps nothing is lost, though no step is exact. The
/// residual is the worker's alone: it dies with the worker, and is reset when the worker's share
/// of the work changes or the run is restored.
/// </summary>
/// <param name="encoding">One of 16 bits.</param>
/// <param name="parameters">Length of a whole gradient.</param>
public sealed class ErrorFeedback(TensorEncoding encoding, int parameters)
{
    /// <summary>Values that are decoded again at a time, while they are in the nearest cache.
    /// </summary>
    private const int BlockLength = 1_024;

    private readonly float[] _residual = new float[parameters];

    /// <summary>(parameters)</summary>
    public ReadOnlySpan<float> Residual => _residual;

    /// <summary>Encodes gradient + residual; the rounding error is the new residual.</summary>
    /// <param name="first">The parameter at which this part of the gradient begins.</param>
    /// <param name="gradient">A part of it, such as that of one slice.</param>
    /// <param name="payload">Two bytes for each value.</param>
    public void Compress(int first, ReadOnlySpan<float> gradient, Span<byte> payload)
    {
        Span<float> residual = _residual.AsSpan(first, gradient.Length);
        Span<float> rounded = stackalloc float[BlockLength];
        for (int start = 0; start < gradient.Length; start += BlockLength)
        {
            int length = Math.Min(BlockLength, gradient.Length - start);
            Span<float> sum = residual.Slice(start, length);
            Span<byte> bytes = payload.Slice(start * sizeof(ushort), length * sizeof(ushort));
            AddTo(sum, gradient.Slice(start, length));
            TensorCompression.Encode(encoding, sum, bytes);
            TensorCompression.Decode(encoding, bytes, rounded[..length]);
            SubtractFrom(sum, rounded[..length]);
        }
    }

    /// <summary>On a loss, a reassignment or a restore.</summary>
    public void Reset() => Array.Clear(_residual);

    private static void AddTo(Span<float> sum, ReadOnlySpan<float> values)
    {
        int i = 0;
        for (; i <= sum.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(sum[i..]) + new Vector<float>(values[i..])).CopyTo(sum[i..]);
        }

        for (; i < sum.Length; i++)
        {
            sum[i] += values[i];
        }
    }

    private static void SubtractFrom(Span<float> sum, ReadOnlySpan<float> values)
    {
        int i = 0;
        for (; i <= sum.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(sum[i..]) - new Vector<float>(values[i..])).CopyTo(sum[i..]);
        }

        for (; i < sum.Length; i++)
        {
            sum[i] -= values[i];
        }
    }
}
