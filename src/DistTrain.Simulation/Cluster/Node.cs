namespace DistTrain.Simulation;

/// <summary>A machine: its disk outlives the process that runs on it.</summary>
internal sealed class Node(World world, int id)
{
    private readonly List<Event> _backlog = [];
    private int _backlogFromNetwork;
    private int _processes;
    private int _downs;
    private int _pauses;

    public int Id { get; } = id;

    public NodeKind Kind { get; } = world.Scenario.KindOf(id);

    public string Name { get; } = world.Scenario.NameOf(id);

    /// <summary>Of a head: its checkpoints.</summary>
    public Disk Disk { get; } = new();

    /// <summary>Null while the node is down.</summary>
    public Process? Process { get; private set; }

    public bool IsPaused => _pauses > 0;

    /// <summary>Computing takes this many times as long.</summary>
    public long Slowness { get; set; } = 1;

    /// <summary>One-shot faults that wait for something to strike.</summary>
    public FaultRun? ComputesLate { get; set; }

    public FaultRun? ComputeThrows { get; set; }

    public FaultRun? UpdateThrows { get; set; }

    /// <summary>The worker here asks to leave.</summary>
    public FaultRun? Leaves { get; set; }

    public int Backlog => _backlog.Count;

    public void Start(bool beginsRun)
    {
        Process = new Process(world, this, ++_processes, beginsRun);
        world.Watch.Engine(Id, $"process {_processes} starts");
        world.PostTick(Process, world.Dice.Below(Clock.Tick));
    }

    /// <returns>False if it was down already.</returns>
    public bool Stop()
    {
        _backlog.Clear();
        _backlogFromNetwork = 0;
        if (Process is null)
        {
            return false;
        }

        Process.End();
        Process = null;
        return true;
    }

    /// <returns>False if it was down already.</returns>
    public bool Crash()
    {
        _downs++;
        return Stop();
    }

    public void Recover()
    {
        _downs--;
        if (_downs == 0 && Process is null)
        {
            Start(beginsRun: false);
        }
    }

    public bool IsDown => _downs > 0;

    /// <summary>The worker comes back; one that could not go yet gives it up and restarts.
    /// </summary>
    public void ComeBack(FaultRun leave)
    {
        if (Leaves != leave)
        {
            return;
        }

        Leaves = null;
        if (!leave.IsEffective)
        {
            Crash();
        }

        Recover();
    }

    public void Pause() => _pauses++;

    public void Wake()
    {
        _pauses--;
        if (IsPaused || Process is null)
        {
            return;
        }

        // The zombie acts before it hears the news, if the dice say so.
        if (world.Dice.Percent(50))
        {
            Process.Receive(new Event(Id, Process, null, -1, Address.Engine, TickDue.Instance));
        }

        Event[] waiting = [.. _backlog];
        _backlog.Clear();
        _backlogFromNetwork = 0;
        foreach (Event message in waiting)
        {
            world.PostSoon(message);
        }
    }

    /// <returns>False if it is lost, since too much waits already.</returns>
    public bool TryKeep(in Event message)
    {
        bool isFromNetwork = message.From != Id && message.Process is null && message.Host is null;
        if (isFromNetwork && _backlogFromNetwork >= EngineTimes.MaxBacklog)
        {
            return false;
        }

        _backlogFromNetwork += isFromNetwork ? 1 : 0;
        _backlog.Add(message);
        return true;
    }
}
