using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Lets time pass for the roles that count it. A tick is no message: it wakes a thread, and is
/// neither counted nor kept. When nothing but ticks would ever come, the run is stuck all the same,
/// and the dispatcher says so.
/// </summary>
internal sealed class TickTimer : IDisposable
{
    private readonly Actor[] _actors;
    private readonly Timer _timer;

    public TickTimer(IEnumerable<Actor> actors)
    {
        _actors = [.. actors];
        _timer = new Timer(
            _ => Tick(), null, ProtocolTicks.Milliseconds, ProtocolTicks.Milliseconds);
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
