using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>
/// A worker's incoming parameters: the slices of two consecutive versions, kept by parity, since
/// a fast slice may publish the next version while a slow one has yet to publish this one.
/// </summary>
internal sealed class ParameterAssembly(int slices)
{
    private sealed class Incoming(int slices)
    {
        public readonly ParametersPublished?[] BySlice = new ParametersPublished?[slices];
    }

    private readonly Incoming[] _incoming = [new(slices), new(slices)];

    public void Clear()
    {
        foreach (Incoming incoming in _incoming)
        {
            Array.Clear(incoming.BySlice);
        }
    }

    /// <returns>False if this slice's version, or a newer one, is there already.</returns>
    public bool TryAdd(ParametersPublished message)
    {
        ref ParametersPublished? place =
            ref _incoming[message.Version & 1].BySlice[message.Slice.Value];
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
        ParametersPublished?[] bySlice = _incoming[version & 1].BySlice;
        foreach (ParametersPublished? part in bySlice)
        {
            if (part?.Version != version)
            {
                (parameters, assignment) = (default, null!);
                return false;
            }
        }

        var handles = ImmutableArray.CreateBuilder<TensorHandle>(bySlice.Length);
        foreach (ParametersPublished? part in bySlice)
        {
            handles.Add(part!.Parameters);
        }

        parameters = handles.MoveToImmutable();
        Assignment? published = bySlice[0]!.Assignment;
        Invariant.Holds(published is not null, "slice 0 publishes the assignment");
        assignment = published;
        return true;
    }
}
