using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>
/// Checkpoints of a slice whose head is another process: a copy is kept until the head says that
/// it is on disk, and sent again if a part may be lost; saved states come from the head.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="slice">Whose.</param>
/// <param name="head">The connection that the slice was given over; with it ends the slice.</param>
/// <param name="documents">Pieces to send.</param>
/// <param name="post">To the slice's mailbox.</param>
internal sealed class RemoteStorage(
    RoleContext context, SliceId slice, IMessageLink head, Documents documents,
    Action<ParameterServerMessage> post) : ISliceStorage
{
    private readonly Lock _gate = new();
    private Generation _generation;
    private SliceSaved? _copy;
    private IncomingCopy? _incoming;

    private ParameterInterval Interval => context.Intervals[slice.Value];

    public ParameterServerMessage? Fetch(LoadState load)
    {
        lock (_gate)
        {
            _incoming = new IncomingCopy(
                Interval, context.Task.Steps.Moments, context.Plan.RestoresBest, load.Generation,
                load.Version);
        }

        return head.TrySend(new RequestState(load.Generation, slice, load.Version))
            ? null
            : new LoadFailed(load.Generation, "the head cannot be reached");
    }

    public void Save(SaveSnapshot save, SliceState state, RunRecorder? diary)
    {
        SliceView view = state.View();
        _generation = save.Generation;
        _copy = new SliceSaved(
            save.Version, view.Parameters.ToArray(), view.FirstMoment.ToArray(),
            view.SecondMoment.ToArray(), view.BestVersion,
            view.BestVersion is null ? default : view.Best.ToArray(), diary?.ToState());
        Send(_copy);
    }

    public void SaveAgain(StreamSnapshot again)
    {
        if (_copy is { } copy && copy.Version == again.Version)
        {
            _generation = again.Generation;
            Send(copy);
        }
    }

    public void Forget(ForgetSnapshot forget) =>
        _copy = _copy?.Version == forget.Version ? null : _copy;

    /// <returns>Null if it was taken; else why not.</returns>
    public string? OnPart(StatePart part, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            return _incoming?.IsOf(part.Generation, part.Version) == true
                && _incoming.TryAdd(part.Section, part.Offset, bytes)
                ? null
                : "not what was asked for";
        }
    }

    /// <returns>Null if it was taken; else why not.</returns>
    public string? OnEnd(StateEnd end)
    {
        IncomingCopy? incoming;
        lock (_gate)
        {
            if (_incoming?.IsOf(end.Generation, end.Version) != true)
            {
                return "not what was asked for";
            }

            incoming = _incoming;
            _incoming = null;
        }

        string? problem = end.Cause.Length > 0 ? end.Cause
            : incoming.IsWhole(end.BestVersion >= 0) ? null
            : "pieces of the state did not arrive";
        post(problem is null
            ? new StateArrived(
                end.Generation, incoming.ToSaved(end.BestVersion < 0 ? null : end.BestVersion))
            : new LoadFailed(end.Generation, problem));
        return null;
    }

    private void Send(SliceSaved copy)
    {
        ReadOnlyMemory<float>[] sections = StateSections.Of(copy);
        for (int section = 0; section < sections.Length; section++)
        {
            foreach ((int offset, ReadOnlyMemory<float> values) in
                StateSections.Pieces(sections[section]))
            {
                TensorHandle piece = documents.AddFloats(values);
                var part = new SnapshotPart(
                    _generation, copy.Version, slice, section, offset, piece);
                documents.TrySend(head, part, piece);
            }
        }

        if (copy.Diary is { } diary)
        {
            SendDiary(copy.Version, diary);
        }

        head.TrySend(new SnapshotEnd(_generation, copy.Version, slice, copy.BestVersion ?? -1));
    }

    private void SendDiary(long version, DiaryState diary)
    {
        foreach ((int offset, ReadOnlyMemory<byte> bytes) in
            StateSections.Pieces(diary.ToJson()))
        {
            TensorHandle piece = documents.Add(TensorEncoding.Bytes, bytes);
            var part = new SnapshotPart(
                _generation, version, slice, StateSections.Diary, offset, piece);
            documents.TrySend(head, part, piece);
        }
    }
}
