using System.Collections.Concurrent;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>The storages of the slices here, as the head's answers reach them.</summary>
internal sealed class RemoteStorages(
    RoleContext context, IMessageLink head, Documents documents, HostedSlices slices)
{
    private readonly ConcurrentDictionary<SliceId, RemoteStorage> _storages = new();

    public RemoteStorage New(SliceId slice)
    {
        var storage = new RemoteStorage(
            context, slice, head, documents, message => slices.Find(slice)?.Post(message));
        _storages[slice] = storage;
        return storage;
    }

    /// <returns>Null if it was taken; else why not.</returns>
    public string? OnPart(StatePart part, ReadOnlySpan<byte> bytes) =>
        _storages.TryGetValue(part.Slice, out RemoteStorage? storage)
            ? storage.OnPart(part, bytes)
            : "the slice is not here";

    /// <returns>Null if it was taken; else why not.</returns>
    public string? OnEnd(StateEnd end) =>
        _storages.TryGetValue(end.Slice, out RemoteStorage? storage)
            ? storage.OnEnd(end)
            : "the slice is not here";
}
