using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// The engine of a head: begins to lead when the user says so or when no head is heard to lead,
/// knows who is alive, places slices, and tells the coordinator it hosts. No vote is taken: two
/// heads may lead at once, and the protocol must stand that.
/// </summary>
internal sealed class HeadEngine
{
    private readonly Process _process;
    private readonly World _world;
    private readonly Membership _membership;
    private readonly CheckpointStore _store;
    private bool _beginsRun;
    private int _ticksUnled;
    private int _ticksPreparing;
    private long _claim;

    public HeadEngine(Process process, bool beginsRun)
    {
        _process = process;
        _world = process.World;
        _beginsRun = beginsRun;
        _membership = new Membership(process);
        _store = new CheckpointStore(process, TellCoordinator);
    }

    public CoordinatorHost? Coordinator { get; private set; }

    public bool IsLeading { get; private set; }

    public void OnHeartbeat(int from, Heartbeat heartbeat)
    {
        bool isLedByIt = heartbeat.Leads && from == _process.Directory.Head
            && heartbeat.Directory.Claim == _process.Directory.Claim;
        if (isLedByIt)
        {
            _ticksUnled = 0;
        }

        if (IsLeading)
        {
            _store.OnHeadSeen(from, heartbeat.NewestCheckpoint);
        }
    }

    public void OnMessage(int from, EngineMessage message)
    {
        switch (message)
        {
            case LastWords m when Coordinator is not null:
                _membership.OnLastWords(from, m, Coordinator);
                break;
            case LeaveRequest m when Coordinator is not null:
                _membership.OnLeaveRequest(from, m, Coordinator);
                break;
            case LastWords or LeaveRequest: break;
            default: _store.OnMessage(from, message, IsLeading); break;
        }
    }

    public void OnTick()
    {
        if (!IsLeading)
        {
            bool isPatient = ++_ticksUnled < EngineTimes.HeadPatienceTicks
                + (_process.Node.Id * EngineTimes.HeadPatienceStepTicks);
            if (_beginsRun || !isPatient)
            {
                BecomeLeading();
            }
        }
        else if (_process.Directory.Claim != _claim)
        {
            StandDown();
        }
        else if (Coordinator is null)
        {
            Prepare();
        }
        else
        {
            _membership.Update(Coordinator);
        }
    }

    /// <summary>The coordinator has ended the run, or was deposed.</summary>
    public void StandDown()
    {
        _world.Watch.Engine(_process.Node.Id, "stands down");
        IsLeading = false;
        _ticksUnled = 0;
        Coordinator?.Leave();
        Coordinator = null;
        _membership.Forget();
    }

    private void BecomeLeading()
    {
        _world.Watch.Engine(_process.Node.Id, "begins to lead");
        IsLeading = true;
        _ticksPreparing = 0;
        SliceDirectory known = _process.Directory;
        _claim = 1 + _world.Dice.Below(long.MaxValue);
        _process.Learn(new SliceDirectory(
            known.Tenure + 1, _claim, _process.Node.Id, 0, known.Places));
        _process.SendHeartbeats();
        _store.AskForNewest();
    }

    /// <summary>Waits for nodes and for other heads' checkpoints, but not for ever.</summary>
    private void Prepare()
    {
        _ticksPreparing++;
        _store.AskAgain();
        bool isDue = _ticksPreparing >= EngineTimes.PreparationTicks;
        bool allHeard = _membership.AllAreAlive && _store.AllHaveAnswered;
        if (!isDue && !allHeard)
        {
            return;
        }

        _membership.PlaceAll();
        _process.SendHeartbeats();
        Coordinator = new CoordinatorHost(_process, this, OptionsNow());
        Coordinator.Deliver(CoordinatorStart.Instance);
        _beginsRun = false;
        _membership.Update(Coordinator);
    }

    private CoordinatorOptions OptionsNow()
    {
        var options = new CoordinatorOptions
        {
            MinWorkers = _world.Scenario.MinWorkers,
            Number = _world.NextNumber(),
        };
        if (_store.Newest is not { } file)
        {
            return options;
        }

        return options with
        {
            Source = RestoreSource.Checkpoint,
            Version = file.Version,
        };
    }

    private void TellCoordinator(CoordinatorMessage message) => Coordinator?.Deliver(message);
}
