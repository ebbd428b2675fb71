using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace DistTrain.Protocol;

/// <summary>
/// The partial square norms of one step, by slice, for global-norm clipping: no slice applies
/// its update before it has those of all. A faster slice's may come before this slice's own.
/// </summary>
internal sealed class NormExchange(int slices)
{
    private readonly TensorHandle?[] _partials = new TensorHandle?[slices];
    private int _count;

    public bool IsComplete => _count == slices;

    public bool Has(SliceId slice) => _partials[slice.Value] is not null;

    public void Begin()
    {
        Array.Clear(_partials);
        _count = 0;
    }

    /// <returns>False if that slice's partials are there already.</returns>
    public bool TryAdd(SliceId from, TensorHandle partials)
    {
        if (_partials[from.Value] is not null)
        {
            return false;
        }

        _partials[from.Value] = partials;
        _count++;
        return true;
    }

    public ImmutableArray<TensorHandle> BySlice()
    {
        Invariant.Holds(IsComplete, "an update waits for every slice's partial norms");
        var all = new TensorHandle[slices];
        for (int i = 0; i < slices; i++)
        {
            all[i] = _partials[i]!.Value;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(all);
    }
}
