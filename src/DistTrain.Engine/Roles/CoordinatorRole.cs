using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>Runs the coordinator.</summary>
/// <param name="head">Hears of events, and how the run ended.</param>
/// <param name="machine">Decides.</param>
/// <param name="routes">To the other roles.</param>
/// <param name="onEnd">Called when the run is over.</param>
internal sealed class CoordinatorRole(
    HeadContext head, Coordinator machine, IRoutes routes, Action onEnd)
    : Role<CoordinatorMessage>("the coordinator")
{
    private readonly List<Effect> _effects = [];

    /// <summary>Begins the run; before any message.</summary>
    public void Start()
    {
        machine.Start(_effects);
        ExecuteAll();
    }

    public override void Receive(CoordinatorMessage message)
    {
        machine.Handle(message, _effects);
        ExecuteAll();
    }

    public override void OnTick()
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
                onEnd();
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
