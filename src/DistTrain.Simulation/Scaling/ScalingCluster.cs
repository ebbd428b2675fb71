using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// A coordinator, parameter servers and workers, each on a machine of its own, without faults: the
/// product's roles exchange their messages while a cost model says how long everything takes.
/// </summary>
/// <remarks>
/// A message takes its sender's port for as long as its bytes need, travels, and takes its
/// receiver's port for as long, both first come, first served; to send to all is to send to each.
/// Ticks are left out: in a steady state without faults they change nothing.
/// </remarks>
internal sealed class ScalingCluster
{
    private static readonly RunId Run = new(new Guid(1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]));

    private readonly CostModel _costs;
    private readonly EventQueue _events = new();
    private readonly Machine[] _machines;
    private readonly StepWatch _watch;
    private readonly List<Effect> _effects = [];
    private readonly ImmutableArray<TensorHandle> _gradients;
    private long _now;

    public ScalingCluster(CostModel costs, IRoleFactory roles)
    {
        _costs = costs;
        var options = new CoordinatorOptions { MinWorkers = costs.Workers };
        _machines =
        [
            new(Address.Coordinator, roles.NewCoordinator(Run, costs.Plan, options)),
            .. Enumerable.Range(0, costs.Slices).Select(i => new Machine(
                Address.Slice(i), roles.NewParameterServer(Run, costs.Plan, new SliceId(i), 0))),
            .. Enumerable.Range(0, costs.Workers).Select(i => new Machine(
                Address.Worker(i), roles.NewWorker(Run, costs.Plan, new WorkerId(i)))),
        ];
        _watch = new StepWatch(_machines, costs.LatencyNanos);
        _gradients = [.. new TensorHandle[costs.Slices]];
    }

    /// <summary>Runs until steps repeat.</summary>
    public StepWatch Measure()
    {
        Post(0, CoordinatorStart.Instance);
        for (int i = 0; i < _costs.Workers; i++)
        {
            Post(0, new WorkerJoined(new WorkerId(i)));
        }

        while (!_watch.IsSteady)
        {
            _now = _events.NextTime;
            Event next = _events.Take();
            if (next.From < 0)
            {
                Handle(_machines[next.Node], next.What);
            }
            else
            {
                Receive(next);
            }
        }

        return _watch;
    }

    private int MachineOf(Address address) => address.Role switch
    {
        Role.Slice => 1 + address.Id,
        Role.Worker => 1 + _costs.Slices + address.Id,
        _ => 0,
    };

    private void Handle(Machine machine, object message)
    {
        _effects.Clear();
        machine.Role.Handle(message, _effects);
        foreach (Effect effect in _effects)
        {
            Execute(machine, effect);
        }
    }

    private void Execute(Machine from, Effect effect)
    {
        switch (effect)
        {
            case SendToCoordinator e: Send(from, Address.Coordinator, e.Message); break;
            case SendToSlice e: Send(from, Address.Slice(e.Slice.Value), e.Message); break;
            case SendToWorker e: Send(from, Address.Worker(e.Worker.Value), e.Message); break;
            case SendToAllWorkers e: SendToAll(from, e.Message); break;
            case LoadState e:
                Work(from, 0, new StateLoaded(e.Generation, e.Version, default));
                break;
            case ComputeGradient e:
                Work(from, _costs.GradientNanos(e.Node),
                    new GradientComputed(e.Step, e.Node, _gradients, e.Basis));
                break;
            case ApplyUpdate e:
                Work(from, _costs.UpdateNanos(from.Address.Id, e.Nodes.Length),
                    new UpdateApplied(e.Generation, e.Step, default));
                break;
            case Report:
                break;
            default:
                throw new InvalidOperationException($"Not in a steady state: {effect}");
        }
    }

    private void SendToAll(Machine from, WorkerMessage message)
    {
        if (message is ParametersPublished && from.Address.Id == 0)
        {
            _watch.OnPublished(_now);
        }

        for (int i = 0; i < _costs.Workers; i++)
        {
            Send(from, Address.Worker(i), message);
        }
    }

    private void Send(Machine from, Address to, object message)
    {
        int machine = MachineOf(to);
        long nanos = PortNanos(from.Address, to, message);
        (long begin, _) = from.Sending.Add(_now, nanos);
        _events.Add(
            begin + _costs.LatencyNanos,
            new Event(machine, null, null, MachineOf(from.Address), to, message));
    }

    /// <summary>The first bit is there.</summary>
    private void Receive(in Event arrived)
    {
        long nanos = PortNanos(_machines[arrived.From].Address, arrived.To, arrived.What);
        (_, long end) = _machines[arrived.Node].Receiving.Add(_now, nanos);
        _events.Add(end, arrived with { From = -1 });
    }

    private long PortNanos(Address from, Address to, object message) =>
        _costs.PortNanos(message, from.Role == Role.Slice ? from.Id : to.Id);

    private void Work(Machine machine, long nanos, object result)
    {
        (_, long end) = machine.Thread.Add(_now, nanos);
        Post(end, result, MachineOf(machine.Address));
    }

    private void Post(long time, object message, int machine = 0) => _events.Add(
        time, new Event(machine, null, null, -1, _machines[machine].Address, message));
}
