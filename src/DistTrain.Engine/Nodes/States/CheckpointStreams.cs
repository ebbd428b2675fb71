using System.Runtime.InteropServices;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>
/// The head's end of the checkpoints of slices that live on other nodes: brings their copies into
/// the snapshot, and sends them their part of a saved state.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="head">Snapshots and saved states.</param>
/// <param name="documents">Received parts, and parts to send.</param>
/// <param name="toCoordinator">Takes the answer where a run writes no files.</param>
internal sealed class CheckpointStreams(
    RoleContext context, HeadContext head, Documents documents,
    Action<CoordinatorMessage> toCoordinator)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SliceId, IncomingCopy> _copies = [];

    /// <summary>A piece of a copy came.</summary>
    /// <returns>Null if it was taken; else why not.</returns>
    public string? OnPart(SnapshotPart part)
    {
        ReadOnlyMemory<byte> bytes = documents.Take(part.Values);
        lock (_gate)
        {
            IncomingCopy copy = CopyOf(part.Slice, part.Generation, part.Version);
            return copy.TryAdd(part.Section, part.Offset, bytes.Span)
                ? null
                : "no piece of this slice's state";
        }
    }

    /// <summary>All pieces have been sent.</summary>
    /// <returns>Null if they have all come; else why the copy counts for nothing.</returns>
    public string? OnEnd(SnapshotEnd end)
    {
        IncomingCopy? copy;
        lock (_gate)
        {
            _copies.Remove(end.Slice, out copy);
        }

        if (copy is null || !copy.IsOf(end.Generation, end.Version)
            || !copy.IsWhole(end.BestVersion >= 0))
        {
            return "pieces are missing";
        }

        Snapshot snapshot = head.Snapshots.Open(end.Generation, end.Version);
        snapshot.Fill(copy.View());
        if (copy.Diary is { } diary)
        {
            snapshot.AddDiary(diary, end.BestVersion < 0 ? null : end.BestVersion);
        }

        HeadStorage.Close(
            head, snapshot, context.Intervals[end.Slice.Value], toCoordinator);
        return null;
    }

    /// <summary>A node is gone: what came of its copies counts for nothing.</summary>
    public void Forget(SliceId slice)
    {
        lock (_gate)
        {
            _copies.Remove(slice);
        }
    }

    /// <summary>Sends a slice's part of a saved state; takes as long as the connection does, so
    /// not on a thread that others wait for.</summary>
    public void Send(RequestState request, IMessageLink link)
    {
        ParameterInterval interval = context.Intervals[request.Slice.Value];
        SliceSaved state;
        try
        {
            state = SliceSaved.Of(head.States.Of(request.Version), interval);
        }
        catch (CheckpointException e)
        {
            link.TrySend(new StateEnd(
                request.Generation, request.Slice, request.Version, -1, e.Message));
            return;
        }

        ReadOnlyMemory<float>[] sections = StateSections.Of(state);
        for (int section = 0; section < sections.Length; section++)
        {
            foreach ((int offset, ReadOnlyMemory<float> values) in
                StateSections.Pieces(sections[section]))
            {
                TensorHandle piece = documents.AddFloats(values);
                var part = new StatePart(
                    request.Generation, request.Slice, request.Version, section, offset, piece);
                if (!documents.TrySend(link, part, piece))
                {
                    return; // the connection is over
                }
            }
        }

        if (request.Slice.Value != 0 || SendDiary(request, state.Diary!, link))
        {
            link.TrySend(new StateEnd(
                request.Generation, request.Slice, request.Version, state.BestVersion ?? -1,
                string.Empty));
        }
    }

    /// <returns>False if the connection is over.</returns>
    private bool SendDiary(RequestState request, DiaryState diary, IMessageLink link)
    {
        foreach ((int offset, ReadOnlyMemory<byte> bytes) in
            StateSections.Pieces(diary.ToJson()))
        {
            TensorHandle piece = documents.Add(TensorEncoding.Bytes, bytes);
            var part = new StatePart(
                request.Generation, request.Slice, request.Version, StateSections.Diary, offset,
                piece);
            if (!documents.TrySend(link, part, piece))
            {
                return false;
            }
        }

        return true;
    }

    private IncomingCopy CopyOf(SliceId slice, Generation generation, long version)
    {
        if (!_copies.TryGetValue(slice, out IncomingCopy? copy)
            || !copy.IsOf(generation, version))
        {
            copy = new IncomingCopy(
                context.Intervals[slice.Value], context.Task.Steps.Moments,
                context.Plan.RestoresBest, generation, version);
            _copies[slice] = copy;
        }

        return copy;
    }
}
