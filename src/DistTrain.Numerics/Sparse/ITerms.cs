using System.Numerics;
using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>Names the terms of a sum that are worth adding, leaf by leaf, in ascending order.
/// </summary>
internal interface ITerms
{
    /// <summary>Leaves, 1 or more.</summary>
    int Leaves { get; }

    /// <summary>Goes to the first term of a leaf.</summary>
    void Begin(int leaf);

    /// <summary>Index of the next term, or false at the leaf's end.</summary>
    bool TryNext(out nint term);
}

/// <summary>One leaf: the features that any of a few samples has.</summary>
internal unsafe struct FeatureList(ushort* features, int count) : ITerms
{
    private int _next;

    public readonly int Leaves => 1;

    public void Begin(int leaf) => _next = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryNext(out nint term)
    {
        if (_next == count)
        {
            term = 0;
            return false;
        }

        term = features[_next++];
        return true;
    }
}

/// <summary>The samples, microbatch by microbatch, that have any of R features next to each other.
/// </summary>
/// <param name="masks">(microbatches, features): a bit for each sample of the microbatch.</param>
/// <param name="maskStride">Row stride of the masks.</param>
/// <param name="microbatches">Rows of the masks.</param>
/// <param name="microbatch">Samples in a microbatch.</param>
internal unsafe struct SampleMasks<R>(
    uint* masks, nint maskStride, int microbatches, int microbatch) : ITerms
    where R : struct, IExtent
{
    private uint _bits;
    private nint _first;

    public readonly int Leaves => microbatches;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(int leaf)
    {
        uint* row = masks + (leaf * maskStride);
        uint bits = row[0];
        for (int i = 1; i < R.Count; i++)
        {
            bits |= row[i];
        }

        _bits = bits;
        _first = leaf * (nint)microbatch;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryNext(out nint term)
    {
        term = _first + BitOperations.TrailingZeroCount(_bits);
        if (_bits == 0)
        {
            return false;
        }

        _bits &= _bits - 1;
        return true;
    }
}
