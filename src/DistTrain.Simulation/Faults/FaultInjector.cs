using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>Carries out the faults of a scenario: when each is due, on which nodes, and what is
/// put right when it is over.</summary>
internal sealed class FaultInjector
{
    private readonly World _world;
    private readonly List<FaultRun> _waiting = [];
    private readonly List<FaultRun> _active = [];

    public FaultInjector(World world)
    {
        _world = world;
        All = [.. world.Scenario.Faults.Select(fault => new FaultRun(fault))];
        _waiting.AddRange(All);
    }

    public IReadOnlyList<FaultRun> All { get; }

    /// <summary>When the last one so far was over.</summary>
    public long LastEnd { get; private set; }

    public bool NoneIsActive => _active.Count == 0;

    /// <summary>This version was published for the first time.</summary>
    public void OnProgress(long version)
    {
        for (int i = _waiting.Count - 1; i >= 0; i--)
        {
            if (_waiting[i].Fault.AfterVersion <= version)
            {
                _world.PostFault(new FaultDue(_waiting[i], true), _waiting[i].Fault.DelayMicros);
                _active.Add(_waiting[i]);
                _waiting.RemoveAt(i);
            }
        }
    }

    public void Carry(FaultDue due)
    {
        FaultRun run = due.Run;
        _world.Watch.Fault(run.Fault, due.Begins);
        if (due.Begins)
        {
            run.HasBegun = true;
            Begin(run);
            _world.PostFault(due with { Begins = false }, run.Fault.ForMicros);
            return;
        }

        End(run);
        _active.Remove(run);
        LastEnd = _world.Now;
    }

    /// <summary>A write failed on this node.</summary>
    public void DiskFailed(int node) => Felt(
        node, f => f.Kind is FaultKind.DiskFull or FaultKind.DiskBroken);

    public void SlownessFelt(int node) => Felt(node, f => f.Kind == FaultKind.Slow);

    public void PauseFelt(int node) => Felt(node, f => f.Kind == FaultKind.Pause);

    private void Felt(int node, Predicate<Fault> kind)
    {
        foreach (FaultRun run in _active)
        {
            if (run.HasBegun && kind(run.Fault) && run.Fault.Strikes(node))
            {
                run.HadAnEffect();
            }
        }
    }

    private void Begin(FaultRun run)
    {
        if (run.Fault.IsOfLinks)
        {
            _world.Network.Begin(run);
            return;
        }

        foreach (Node node in _world.Nodes)
        {
            if (run.Fault.Strikes(node.Id))
            {
                Begin(run, node);
            }
        }
    }

    private void Begin(FaultRun run, Node node)
    {
        Fault fault = run.Fault;
        switch (fault.Kind)
        {
            case FaultKind.Crash or FaultKind.CrashAndLoseDisk or FaultKind.CrashAndTearFile:
                Crash(run, node);
                break;
            case FaultKind.Pause: node.Pause(); break;
            case FaultKind.Slow: node.Slowness *= fault.Amount; break;
            case FaultKind.ComputeLate: node.ComputesLate = run; break;
            case FaultKind.ComputeThrows: node.ComputeThrows = run; break;
            case FaultKind.UpdateThrows: node.UpdateThrows = run; break;
            case FaultKind.Leave: node.Leaves ??= run; break;
            case FaultKind.Stop when node.Process?.Coordinator is { } coordinator:
                run.HadAnEffect();
                coordinator.Deliver(new StopRequested());
                break;
            case FaultKind.DiskFull: node.Disk.Fill(+1); break;
            case FaultKind.DiskBroken: node.Disk.Break(+1); break;
            case FaultKind.BitFlip when node.Disk.TryDamage(newest: false, _world.Dice):
                run.HadAnEffect();
                break;
        }
    }

    private void Crash(FaultRun run, Node node)
    {
        if (node.Crash())
        {
            run.HadAnEffect();
        }

        if (run.Fault.Kind == FaultKind.CrashAndLoseDisk)
        {
            node.Disk.Erase();
        }
        else if (run.Fault.Kind == FaultKind.CrashAndTearFile)
        {
            node.Disk.TryDamage(newest: true, _world.Dice);
        }
    }

    private void End(FaultRun run)
    {
        if (run.Fault.IsOfLinks)
        {
            _world.Network.End(run);
            return;
        }

        foreach (Node node in _world.Nodes)
        {
            if (run.Fault.Strikes(node.Id))
            {
                End(run, node);
            }
        }
    }

    private static void End(FaultRun run, Node node)
    {
        Fault fault = run.Fault;
        switch (fault.Kind)
        {
            case FaultKind.Crash or FaultKind.CrashAndLoseDisk or FaultKind.CrashAndTearFile:
                node.Recover();
                break;
            case FaultKind.Pause: node.Wake(); break;
            case FaultKind.Leave: node.ComeBack(run); break;
            case FaultKind.Slow: node.Slowness /= fault.Amount; break;
            case FaultKind.DiskFull: node.Disk.Fill(-1); break;
            case FaultKind.DiskBroken: node.Disk.Break(-1); break;
        }
    }
}
