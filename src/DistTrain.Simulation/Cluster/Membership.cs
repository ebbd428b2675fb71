using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// Who is alive, as the leading head hears it, and where slices are: tells the coordinator who
/// joined and who is lost, and places a lost slice on another node. It may be wrong about the
/// living, and often is.
/// </summary>
internal sealed class Membership
{
    private readonly Process _process;
    private readonly World _world;
    private readonly Scenario _scenario;

    // By worker: the process told of; 0: none.
    private readonly int[] _announced;

    public Membership(Process process)
    {
        _process = process;
        _world = process.World;
        _scenario = _world.Scenario;
        _announced = new int[_scenario.Workers];
    }

    public bool AllAreAlive
    {
        get
        {
            for (int node = 0; node < _scenario.Nodes; node++)
            {
                if (!IsAlive(node))
                {
                    return false;
                }
            }

            return true;
        }
    }

    public void Forget() => Array.Clear(_announced);

    /// <summary>Places every slice that has no live place.</summary>
    public void PlaceAll()
    {
        for (int slice = 0; slice < _scenario.Plan.Slices; slice++)
        {
            if (LossOf(slice) is not null)
            {
                TryPlace(slice);
            }
        }
    }

    public void Update(CoordinatorHost coordinator)
    {
        for (int slice = 0; slice < _scenario.Plan.Slices && !coordinator.IsGone; slice++)
        {
            if (LossOf(slice) is { } cause && TryPlace(slice))
            {
                OnSliceLost(slice, cause, coordinator);
            }
        }

        for (int worker = 0; worker < _scenario.Workers && !coordinator.IsGone; worker++)
        {
            Update(worker, coordinator);
        }
    }

    public void OnLastWords(int from, LastWords words, CoordinatorHost coordinator)
    {
        int worker = from - _scenario.FirstWorker;
        if (_announced[worker] == words.Process)
        {
            _announced[worker] = 0;
            _process.Peers.Forget(from);
            coordinator.Deliver(new WorkerFailed(new WorkerId(worker), words.Step, "it threw"));
        }
    }

    public void OnLeaveRequest(int from, LeaveRequest request, CoordinatorHost coordinator)
    {
        int worker = from - _scenario.FirstWorker;
        if (request.Process >= _announced[worker])
        {
            coordinator.Deliver(new WorkerLeaving(new WorkerId(worker), "asked to"));
        }
    }

    private void Update(int worker, CoordinatorHost coordinator)
    {
        int node = _scenario.FirstWorker + worker;
        bool isAlive = IsAlive(node);
        int process = _process.Peers.ProcessOf(node);
        if (_announced[worker] != 0 && (!isAlive || process != _announced[worker]))
        {
            _announced[worker] = 0;
            coordinator.Deliver(new WorkerLost(
                new WorkerId(worker), isAlive ? "restarted" : "not heard of"));
        }

        if (_announced[worker] == 0 && isAlive && !coordinator.IsGone)
        {
            _announced[worker] = process;
            coordinator.Deliver(new WorkerJoined(new WorkerId(worker)));
        }
    }

    private void OnSliceLost(int slice, string cause, CoordinatorHost coordinator)
    {
        _world.Watch.Engine(_process.Node.Id, $"slice {slice} is lost: {cause}");
        coordinator.Deliver(new SliceLost(new SliceId(slice), cause));
    }

    /// <summary>Why the slice's place does not hold; null: it does.</summary>
    private string? LossOf(int slice)
    {
        SliceDirectory directory = _process.Directory;
        if (slice >= directory.Places.Length || directory.Places[slice].Process == 0)
        {
            return "not placed";
        }

        Place place = directory.Places[slice];
        if (place.Node == _process.Node.Id)
        {
            return place.Process == _process.Number ? null : "restarted";
        }

        return !IsAlive(place.Node) ? "not heard of"
            : _process.Peers.ProcessOf(place.Node) != place.Process ? "restarted"
            : null;
    }

    /// <summary>On the live node with the fewest slices; parameter servers before heads.</summary>
    private bool TryPlace(int slice)
    {
        SliceDirectory directory = _process.Directory;
        int best = -1;
        int bestLoad = int.MaxValue;
        for (int node = 0; node < _scenario.FirstWorker; node++)
        {
            if (!IsAlive(node))
            {
                continue;
            }

            int load = directory.Places.Count(p => p.Node == node && p.Process != 0)
                + (_scenario.KindOf(node) == NodeKind.Head ? 100 : 0);
            if (load < bestLoad)
            {
                (best, bestLoad) = (node, load);
            }
        }

        if (best < 0)
        {
            return false;
        }

        ImmutableArray<Place> places = directory.Places.Length == _scenario.Plan.Slices
            ? directory.Places
            : [.. Enumerable.Repeat(default(Place), _scenario.Plan.Slices)];
        int process = best == _process.Node.Id ? _process.Number : _process.Peers.ProcessOf(best);
        _process.Learn(directory with
        {
            Number = directory.Number + 1,
            Places = places.SetItem(slice, new Place(best, process, _world.NextNumber())),
        });
        _process.SendHeartbeats();
        return true;
    }

    private bool IsAlive(int node) =>
        node == _process.Node.Id || _process.Peers.IsAlive(node, _world.Now);
}
