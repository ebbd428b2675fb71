using System.Numerics;
using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>The samples, microbatch by microbatch, that have any of R features next to each other.
/// </summary>
/// <param name="masks">(microbatches, features): a bit for each sample of the microbatch.</param>
/// <param name="maskStride">Row stride of the masks.</param>
/// <param name="microbatches">Rows of the masks.</param>
/// <param name="microbatch">Samples in a microbatch.</param>
internal unsafe struct SampleMasks<R>(
    uint* masks, nint maskStride, int microbatches, int microbatch)
    where R : struct, IExtent
{
    private uint _bits;
    private nint _first;

    public readonly int Microbatches => microbatches;

    /// <summary>Whether there is a sample left in the microbatch.</summary>
    public readonly bool HasNext => _bits != 0;

    /// <summary>Goes to the first sample of a microbatch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(int microbatchIndex)
    {
        uint* row = masks + (microbatchIndex * maskStride);
        uint bits = row[0];
        for (int i = 1; i < R.Count; i++)
        {
            bits |= row[i];
        }

        _bits = bits;
        _first = microbatchIndex * (nint)microbatch;
    }

    /// <summary>Takes the next sample; there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint Next()
    {
        nint sample = _first + BitOperations.TrailingZeroCount(_bits);
        _bits &= _bits - 1;
        return sample;
    }
}
