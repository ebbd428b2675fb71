using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Lets time pass for the roles that count it. A tick is no message: it wakes a thread, and is
/// neither counted nor kept. When nothing but ticks would ever come, the run is stuck all the same,
/// and the dispatcher says so.
/// </summary>
/// <remarks>
/// It has a thread of its own, which sleeps in between. One of the thread pool would spin for more
/// after each tick, on a core that computes.
/// </remarks>
internal sealed class TickTimer : IDisposable
{
    private readonly Actor[] _actors;
    private readonly ManualResetEventSlim _hasEnded = new(initialState: false, spinCount: 0);
    private readonly Thread _thread;

    public TickTimer(IEnumerable<Actor> actors)
    {
        _actors = [.. actors];
        _thread = new Thread(Run) { IsBackground = true, Name = "ticks" };
        _thread.Start();
    }

    public void Dispose()
    {
        _hasEnded.Set();
        _thread.Join();
        _hasEnded.Dispose();
    }

    private void Run()
    {
        while (!_hasEnded.Wait(ProtocolTicks.Milliseconds))
        {
            foreach (Actor actor in _actors)
            {
                actor.PostTick();
            }
        }
    }
}
