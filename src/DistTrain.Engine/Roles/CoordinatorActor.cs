using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>Runs the coordinator.</summary>
internal sealed class CoordinatorActor(
    HeadContext head, Coordinator machine, IRoutes routes, Dispatcher dispatcher, Place place,
    int capacity)
    : Actor<CoordinatorMessage>("the coordinator", dispatcher, place, capacity)
{
    private readonly List<Effect> _effects = [];

    /// <summary>Begins the run; before the compute threads start.</summary>
    public void Start()
    {
        machine.Start(_effects);
        ExecuteAll();
    }

    protected override void Receive(CoordinatorMessage message)
    {
        machine.Handle(message, _effects);
        ExecuteAll();
    }

    protected override void OnTick()
    {
        machine.Tick(_effects);
        ExecuteAll();
    }

    private void ExecuteAll()
    {
        foreach (Effect effect in _effects)
        {
            Execute(effect);
        }

        _effects.Clear();
    }

    private void Execute(Effect effect)
    {
        switch (effect)
        {
            case Report { Event: CheckpointWritten } when head.Writer is null:
            case Refused:
                break; // nothing was written; a stale message is no news
            case Report report:
                head.Observer.OnEvent(report.Event);
                break;
            case EndRun end:
                head.Ending = end;
                Dispatcher.Stop();
                break;
            default:
                if (!routes.TrySend(effect))
                {
                    throw new InvariantException($"the coordinator has no {effect.GetType().Name}");
                }

                break;
        }
    }
}
