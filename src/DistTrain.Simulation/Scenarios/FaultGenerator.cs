namespace DistTrain.Simulation;

/// <summary>Draws the faults of a scenario: which, where, when, for how long. Each is over after
/// a while, so that every run can end.</summary>
internal static class FaultGenerator
{
    private const int AllNodes = -1;

    // Drawn as often as they are listed.
    private static readonly FaultKind[] Kinds =
    [
        FaultKind.Crash, FaultKind.Crash, FaultKind.Crash, FaultKind.Crash,
        FaultKind.CrashAndLoseDisk, FaultKind.CrashAndTearFile,
        FaultKind.Pause, FaultKind.Pause, FaultKind.Pause,
        FaultKind.Slow, FaultKind.ComputeLate, FaultKind.ComputeLate,
        FaultKind.ComputeThrows, FaultKind.UpdateThrows,
        FaultKind.Loss, FaultKind.Loss, FaultKind.Duplication, FaultKind.Reorder,
        FaultKind.SlowLink, FaultKind.Partition, FaultKind.Partition, FaultKind.OneWay,
        FaultKind.DiskFull, FaultKind.DiskBroken, FaultKind.BitFlip,
        FaultKind.Leave, FaultKind.Stop,
    ];

    public static IReadOnlyList<Fault> Of(Scenario scenario, Dice dice)
    {
        var faults = new List<Fault>();
        int count = dice.Between(6, 12);
        for (int i = 0; i < count; i++)
        {
            faults.Add(Draw(scenario, dice, dice.Pick(Kinds)));
        }

        // A run that loses nothing but workers is the exception.
        if (dice.Percent(60))
        {
            int head = HeadOf(scenario, dice);
            faults.Add(Draw(scenario, dice, FaultKind.Crash) with { Nodes = head });
        }

        return faults;
    }

    private static Fault Draw(Scenario scenario, Dice dice, FaultKind kind)
    {
        int nodes = NodesOf(scenario, kind, dice);
        return new Fault(
            kind,
            AfterVersion: AfterVersionOf(scenario, dice),
            DelayMicros: dice.Between(0L, 60 * Clock.Millisecond),
            ForMicros: LengthOf(kind, dice),
            Nodes: nodes,
            Others: OthersOf(scenario, kind, nodes, dice),
            Amount: AmountOf(kind, dice));
    }

    /// <summary>Anywhere in the run, and often at its ends, where most is decided.</summary>
    private static long AfterVersionOf(Scenario scenario, Dice dice)
    {
        long steps = scenario.Plan.TotalSteps;
        long epoch = scenario.Plan.StepsPerEpoch;
        return dice.Between(0, 9) switch
        {
            0 => 0,
            1 => steps,
            2 or 3 => epoch * dice.Between(1L, steps / epoch),
            _ => dice.Between(0, steps),
        };
    }

    private static int NodesOf(Scenario scenario, FaultKind kind, Dice dice) => kind switch
    {
        FaultKind.Crash => CrashedNodes(scenario, dice),
        FaultKind.Pause or FaultKind.Slow => AnyOf(0, scenario.Nodes, dice),
        FaultKind.CrashAndLoseDisk or FaultKind.CrashAndTearFile or FaultKind.DiskFull
            or FaultKind.DiskBroken or FaultKind.BitFlip => HeadOf(scenario, dice),
        FaultKind.ComputeLate or FaultKind.ComputeThrows or FaultKind.Leave =>
            AnyOf(scenario.FirstWorker, scenario.Nodes, dice),
        FaultKind.UpdateThrows => AnyOf(0, scenario.FirstWorker, dice),
        FaultKind.Partition or FaultKind.OneWay => Group(scenario, dice),
        _ => dice.Percent(50) ? AllNodes : Group(scenario, dice),
    };

    private static int OthersOf(Scenario scenario, FaultKind kind, int nodes, Dice dice)
    {
        int rest = ~nodes & ((1 << scenario.Nodes) - 1);
        return kind switch
        {
            FaultKind.Partition or FaultKind.OneWay => rest,
            FaultKind.Loss or FaultKind.Duplication or FaultKind.Reorder or FaultKind.SlowLink
                when nodes != AllNodes && dice.Percent(50) => rest,
            _ => AllNodes,
        };
    }

    /// <summary>Mostly one, at times some, now and then all.</summary>
    private static int CrashedNodes(Scenario scenario, Dice dice) => dice.Between(0, 19) switch
    {
        0 => (1 << scenario.Nodes) - 1,
        1 or 2 => AnyOf(0, scenario.Nodes, dice) | AnyOf(0, scenario.Nodes, dice),
        3 or 4 => HeadOf(scenario, dice) | AnyOf(0, scenario.FirstWorker, dice),
        _ => AnyOf(0, scenario.Nodes, dice),
    };

    private static int HeadOf(Scenario scenario, Dice dice) => AnyOf(0, scenario.Heads, dice);

    private static int AnyOf(int from, int end, Dice dice) => 1 << dice.Between(from, end - 1);

    /// <summary>One node or some, never all.</summary>
    private static int Group(Scenario scenario, Dice dice)
    {
        int all = (1 << scenario.Nodes) - 1;
        int some = dice.Percent(50)
            ? AnyOf(0, scenario.Nodes, dice)
            : (int)dice.Below(all + 1L);
        return some == 0 || some == all ? 1 : some;
    }

    private static long LengthOf(FaultKind kind, Dice dice) => kind switch
    {
        FaultKind.ComputeLate or FaultKind.ComputeThrows or FaultKind.UpdateThrows
            or FaultKind.BitFlip or FaultKind.Stop => 0,
        _ when dice.Percent(20) => dice.Between(1, 3) * Clock.Second,
        _ => dice.Between(20L, 900) * Clock.Millisecond,
    };

    private static long AmountOf(FaultKind kind, Dice dice) => kind switch
    {
        FaultKind.Slow => dice.Between(2, 10),
        FaultKind.ComputeLate => dice.Between(10L, 800) * Clock.Millisecond,
        FaultKind.Reorder => dice.Between(1L, 200) * Clock.Millisecond,
        FaultKind.SlowLink => dice.Between(1L, 50) * Clock.Millisecond,
        FaultKind.Loss => dice.Pick([10, 50, 200, 500]),
        FaultKind.Duplication => dice.Pick([50, 200, 500]),
        _ => 0,
    };
}
