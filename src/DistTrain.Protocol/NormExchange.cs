using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace DistTrain.Protocol;

/// <summary>
/// What slices tell each other of a step before any applies it: that they have its gradient, and
/// its partial square norms for global-norm clipping. A faster slice's may come before this slice's
/// own; computed ahead, even those of the next step. Invariant: none of a later one, since that
/// slice waits for this one's of the next.
/// </summary>
internal sealed class NormExchange(int slices)
{
    private TensorHandle?[] _partials = new TensorHandle?[slices];
    private TensorHandle?[] _ofNext = new TensorHandle?[slices];

    public bool IsComplete => !_partials.Contains(null);

    public bool Has(SliceId slice) => _partials[slice.Value] is not null;

    /// <summary>Forgets all.</summary>
    public void Begin()
    {
        Array.Clear(_partials);
        Array.Clear(_ofNext);
    }

    /// <summary>The next step is under way.</summary>
    public void MoveOn()
    {
        (_partials, _ofNext) = (_ofNext, _partials);
        Array.Clear(_ofNext);
    }

    /// <returns>False if that slice's partials are there already.</returns>
    public bool TryAdd(SliceId from, TensorHandle partials) => TryPut(_partials, from, partials);

    /// <summary>Those of the next step.</summary>
    public bool TryAddOfNext(SliceId from, TensorHandle partials) =>
        TryPut(_ofNext, from, partials);

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

    private static bool TryPut(TensorHandle?[] place, SliceId from, TensorHandle partials)
    {
        bool isNew = place[from.Value] is null;
        place[from.Value] ??= partials;
        return isNew;
    }
}
