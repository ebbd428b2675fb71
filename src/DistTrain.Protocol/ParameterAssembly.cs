using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace DistTrain.Protocol;

/// <summary>
/// A worker's incoming parameters: the slices of two consecutive versions, kept by parity, since
/// a fast slice may publish the next version while a slow one has yet to publish this one.
/// </summary>
internal sealed class ParameterAssembly(int slices)
{
    private readonly ParametersPublished?[][] _byParity =
        [new ParametersPublished?[slices], new ParametersPublished?[slices]];

    public void Clear()
    {
        Array.Clear(_byParity[0]);
        Array.Clear(_byParity[1]);
    }

    public bool Has(SliceId slice, long version) =>
        _byParity[version & 1][slice.Value]?.Version == version;

    /// <returns>False if this slice's version, or a newer one, is there already.</returns>
    public bool TryAdd(ParametersPublished message)
    {
        ref ParametersPublished? place =
            ref _byParity[message.Version & 1][message.Slice.Value];
        if (place is not null && place.Version >= message.Version)
        {
            return false;
        }

        place = message;
        return true;
    }

    /// <summary>The handles of <paramref name="version"/> by slice, once all are there.</summary>
    public bool TryGet(
        long version, out ImmutableArray<TensorHandle> parameters, out Assignment assignment)
    {
        ParametersPublished?[] bySlice = _byParity[version & 1];
        foreach (ParametersPublished? part in bySlice)
        {
            if (part?.Version != version)
            {
                (parameters, assignment) = (default, null!);
                return false;
            }
        }

        var handles = new TensorHandle[bySlice.Length];
        for (int i = 0; i < handles.Length; i++)
        {
            handles[i] = bySlice[i]!.Parameters;
        }

        parameters = ImmutableCollectionsMarshal.AsImmutableArray(handles);
        Assignment? published = bySlice[0]!.Assignment;
        Invariant.Holds(published is not null, "slice 0 publishes the assignment");
        assignment = published;
        return true;
    }
}
