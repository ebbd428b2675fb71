using DistTrain.Protocol;

namespace DistTrain.Engine.Tcp;

/// <summary>Lets time pass for roles that come and go.</summary>
internal sealed class Ticker : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private volatile Actor[] _actors = [];

    public Ticker() => _timer = new Timer(
        _ => Tick(), null, ProtocolTicks.Milliseconds, ProtocolTicks.Milliseconds);

    public void Add(Actor actor)
    {
        lock (_gate)
        {
            _actors = [.. _actors, actor];
        }
    }

    public void Remove(Actor actor)
    {
        lock (_gate)
        {
            _actors = [.. _actors.Where(other => other != actor)];
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        foreach (Actor actor in _actors)
        {
            actor.PostTick();
        }
    }
}
