using System.Collections.Immutable;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// Which node holds which slice. Slice 0 is always the head's, since it keeps the diary; the
/// others go round the parameter servers that were asked for, or are the head's too.
/// </summary>
/// <remarks>Changed under the head's gate; read without it.</remarks>
internal sealed class SlicePlacement(int slices)
{
    // By slice; null: the head's.
    private volatile Member?[] _places = new Member?[slices];
    private long _number;

    /// <summary>Where a slice of another node is; null: here.</summary>
    public Member? Find(SliceId slice) => _places[slice.Value];

    public Link? LinkOf(SliceId slice) => _places[slice.Value]?.Link;

    /// <summary>The slices of a node; of the head for null.</summary>
    public IEnumerable<SliceId> Of(Member? member)
    {
        Member?[] places = _places;
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i] == member)
            {
                yield return new SliceId(i);
            }
        }
    }

    public void Move(SliceId slice, Member? to)
    {
        Member?[] places = [.. _places];
        places[slice.Value] = to;
        _places = places;
        _number++;
    }

    /// <summary>For the nodes; an empty address is the head's.</summary>
    public SlicePlaces ToMessage() => new(
        _number, [.. _places.Select(place => place?.Address ?? string.Empty)]);
}
