using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Checkpoints of a slice that lives in the head's process: it copies itself straight into the
/// snapshot, and reads from the head's files. No part is lost on the way; but the snapshot of a
/// generation is void in the next, and then the copy goes from the one into the other.
/// </summary>
/// <param name="head">Where copies go.</param>
/// <param name="interval">Of the slice.</param>
/// <param name="toCoordinator">Takes the answer where a run writes no files.</param>
internal sealed class HeadStorage(
    HeadContext head, ParameterInterval interval, Action<CoordinatorMessage> toCoordinator)
    : ISliceStorage
{
    // The slice's copy is in it, until it is done with.
    private Snapshot? _kept;
    private bool _keepsDiary;

    public ParameterServerMessage? Fetch(LoadState load)
    {
        try
        {
            SavedState state = head.States.Of(load.Version);
            return new StateArrived(load.Generation, SliceSaved.Of(state, interval));
        }
        catch (CheckpointException e)
        {
            return new LoadFailed(load.Generation, e.Message);
        }
    }

    public void Save(SaveSnapshot save, SliceState state, RunRecorder? diary)
    {
        Snapshot snapshot = head.Snapshots.Open(save.Generation, save.Version);
        SliceView view = state.View();
        snapshot.Fill(view);
        if (diary is not null)
        {
            snapshot.AddDiary(diary.ToState(), view.BestVersion);
        }

        (_kept, _keepsDiary) = (snapshot, diary is not null);
        Close(head, snapshot, interval, toCoordinator);
    }

    public void SaveAgain(StreamSnapshot again)
    {
        if (_kept is not { } kept || kept.Version != again.Version
            || kept.Generation == again.Generation)
        {
            return; // it is where it is to go
        }

        Snapshot snapshot = head.Snapshots.Open(again.Generation, again.Version);
        snapshot.Fill(kept.View(interval));
        if (_keepsDiary)
        {
            snapshot.AddDiary(kept.Diary!, kept.BestVersion);
        }

        _kept = snapshot;
        Close(head, snapshot, interval, toCoordinator);
    }

    public void Forget(ForgetSnapshot forget) =>
        _kept = _kept?.Version == forget.Version ? null : _kept;

    /// <summary>A slice has filled its part; the last one's brings the snapshot on its way.
    /// </summary>
    public static void Close(
        HeadContext head, Snapshot snapshot, ParameterInterval slice,
        Action<CoordinatorMessage> toCoordinator)
    {
        if (!head.Snapshots.Close(snapshot, slice))
        {
            return;
        }

        if (head.Writer is { } writer)
        {
            writer.Submit(snapshot);
        }
        else
        {
            head.States.Keep(snapshot);
            toCoordinator(new CheckpointSaved(snapshot.Generation, snapshot.Version));
        }
    }
}
