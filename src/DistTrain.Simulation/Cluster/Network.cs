namespace DistTrain.Simulation;

/// <summary>
/// Carries messages between nodes, each with a delay of its own, so that any may overtake any;
/// faults lose, double and delay them. Within a node nothing is lost.
/// </summary>
internal sealed class Network(World world)
{
    private const long LocalMicros = 40;

    private readonly List<FaultRun> _faults = [];

    /// <summary>Messages that are under way between nodes, heartbeats not counted.</summary>
    public int InFlight { get; private set; }

    public int MostInFlight { get; private set; }

    public void Begin(FaultRun fault) => _faults.Add(fault);

    public void End(FaultRun fault) => _faults.Remove(fault);

    public void Arrived() => InFlight--;

    public void Send(int from, int to, Address address, object message)
    {
        if (from == to)
        {
            world.PostLocal(to, from, address, message, 1 + world.Dice.Below(LocalMicros));
            return;
        }

        bool isHeartbeat = message is Heartbeat;
        long delay = 0;
        int copies = 1;
        foreach (FaultRun fault in _faults)
        {
            if (fault.Fault.StrikesLink(from, to))
            {
                Strike(fault, isHeartbeat, ref delay, ref copies);
            }
        }

        for (; copies > 0; copies--)
        {
            Costs costs = world.Scenario.Costs;
            long micros = delay + costs.LatencyMicros + world.Dice.Below(costs.JitterMicros + 1);
            if (!isHeartbeat)
            {
                InFlight++;
                MostInFlight = Math.Max(MostInFlight, InFlight);
            }

            world.PostRemote(to, from, address, message, micros);
        }
    }

    private void Strike(FaultRun fault, bool isHeartbeat, ref long delay, ref int copies)
    {
        Fault what = fault.Fault;
        switch (what.Kind)
        {
            case FaultKind.Partition or FaultKind.OneWay:
                copies = 0;
                break;
            case FaultKind.SlowLink:
                delay += what.Amount;
                break;
            case FaultKind.Loss when world.Dice.Permille((int)what.Amount):
                copies = 0;
                break;
            case FaultKind.Duplication when world.Dice.Permille((int)what.Amount):
                copies *= 2;
                break;
            case FaultKind.Reorder when world.Dice.Percent(40):
                delay += world.Dice.Below(what.Amount + 1);
                break;
            default:
                return;
        }

        if (!isHeartbeat)
        {
            fault.HadAnEffect();
        }
    }
}
