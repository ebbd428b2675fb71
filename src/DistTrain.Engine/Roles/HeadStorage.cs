using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Checkpoints of a slice that lives in the head's process: it copies itself straight into the
/// snapshot, and reads from the head's files. No part is lost on the way, so nothing is kept to
/// send again.
/// </summary>
/// <param name="head">Where copies go.</param>
/// <param name="interval">Of the slice.</param>
/// <param name="toCoordinator">Takes the answer where a run writes no files.</param>
internal sealed class HeadStorage(
    HeadContext head, ParameterInterval interval, Action<CoordinatorMessage> toCoordinator)
    : ISliceStorage
{
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

        Close(head, snapshot, interval, toCoordinator);
    }

    public void SaveAgain(StreamSnapshot again)
    {
    }

    public void Forget(ForgetSnapshot forget)
    {
    }

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
            toCoordinator(new CheckpointSaved(snapshot.Version));
        }
    }
}
