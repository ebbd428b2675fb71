using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>Tells all observers.</summary>
internal sealed class Watch(World world, IReadOnlyList<Observer> observers)
{
    private readonly Observer[] _observers = [.. observers];

    public void Handled(RoleHost role, object? message, IReadOnlyList<Effect> effects)
    {
        foreach (Observer observer in _observers)
        {
            observer.OnHandled(world.Now, role, message, effects);
        }
    }

    public void SliceChanged(RoleHost role, Effect by, ISliceState state)
    {
        foreach (Observer observer in _observers)
        {
            observer.OnSliceChanged(world.Now, role, by, state);
        }
    }

    public void Evaluated(ReduceEvaluation evaluation, Verdict verdict)
    {
        foreach (Observer observer in _observers)
        {
            observer.OnEvaluated(world.Now, evaluation, verdict);
        }
    }

    public void Written(int node, DtmFile file)
    {
        foreach (Observer observer in _observers)
        {
            observer.OnWritten(world.Now, node, file);
        }
    }

    public void Hosting(RoleHost role, bool begins)
    {
        foreach (Observer observer in _observers)
        {
            observer.OnHosting(world.Now, role, begins);
        }
    }

    public void Fault(Fault fault, bool begins)
    {
        foreach (Observer observer in _observers)
        {
            observer.OnFault(world.Now, fault, begins);
        }
    }

    public void Engine(int node, string what)
    {
        foreach (Observer observer in _observers)
        {
            observer.OnEngine(world.Now, node, what);
        }
    }

    public void Ended(RoleHost coordinator, EndRun end)
    {
        foreach (Observer observer in _observers)
        {
            observer.OnEnded(world.Now, coordinator, end);
        }
    }
}
