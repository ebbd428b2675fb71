using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Writes snapshots on a thread of its own while training goes on. One is being written and one
/// waits at most: a disk that is slower than that loses the older one, never the run's speed.
/// </summary>
internal sealed class CheckpointWriter
{
    private readonly object _gate = new();
    private readonly RunFiles _files;
    private readonly IOutsideWork _work;
    private readonly Action<CoordinatorMessage> _answer;
    private readonly Thread _thread;
    private Snapshot? _waiting;
    private bool _isClosed;

    /// <param name="files">Where to.</param>
    /// <param name="work">Is told that an answer is to come.</param>
    /// <param name="answer">Takes <see cref="CheckpointSaved"/> or
    /// <see cref="CheckpointFailed"/>.</param>
    public CheckpointWriter(
        RunFiles files, IOutsideWork work, Action<CoordinatorMessage> answer)
    {
        _files = files;
        _work = work;
        _answer = answer;
        _thread = new Thread(Loop) { IsBackground = true, Name = "checkpoint writer" };
        _thread.Start();
    }

    /// <summary>Takes a complete snapshot over; never blocks on the disk.</summary>
    public void Submit(Snapshot snapshot)
    {
        _work.Begin();
        Snapshot? dropped;
        lock (_gate)
        {
            dropped = _waiting;
            _waiting = snapshot;
            Monitor.Pulse(_gate);
        }

        if (dropped is not null)
        {
            Answer(new CheckpointFailed(
                dropped.Generation, dropped.Version,
                $"the disk is too slow: the checkpoint of step {snapshot.Version} came before " +
                $"this one was begun"));
        }
    }

    /// <summary>Waits until all that was submitted is written, and ends the thread.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Loop()
    {
        while (TryTake() is { } snapshot)
        {
            Answer(Write(snapshot));
        }
    }

    private CoordinatorMessage Write(Snapshot snapshot)
    {
        try
        {
            _files.Save(snapshot);
            return new CheckpointSaved(snapshot.Generation, snapshot.Version);
        }
        catch (CheckpointException e)
        {
            return new CheckpointFailed(snapshot.Generation, snapshot.Version, e.Message);
        }
#pragma warning disable CA1031 // A bug here ends the run, not the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _work.Fail(e);
            return new CheckpointFailed(snapshot.Generation, snapshot.Version, e.Message);
        }
    }

    private Snapshot? TryTake()
    {
        lock (_gate)
        {
            while (_waiting is null && !_isClosed)
            {
                Monitor.Wait(_gate);
            }

            Snapshot? snapshot = _waiting;
            _waiting = null;
            return snapshot;
        }
    }

    private void Answer(CoordinatorMessage message)
    {
        _answer(message);
        _work.End();
    }
}
