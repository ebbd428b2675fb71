using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Lets time pass for the roles that count it. A tick is no message: it wakes a thread, and is
/// neither counted nor kept. When nothing but ticks would ever come, the run is stuck all the same,
/// and the dispatcher says so.
/// </summary>
/// <remarks>
/// From the first actor on it has a thread of its own, which sleeps in between. One of the thread
/// pool would spin for more after each tick, on a core that computes.
/// </remarks>
internal sealed class Ticker : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _hasEnded = new(initialState: false, spinCount: 0);
    private Thread? _thread;
    private volatile Actor[] _actors = [];
    private bool _isDisposed;

    /// <param name="actors">Who hears of it from now on.</param>
    public Ticker(params IEnumerable<Actor> actors)
    {
        foreach (Actor actor in actors)
        {
            Add(actor);
        }
    }

    /// <summary>Nothing comes of it after the end.</summary>
    public void Add(Actor actor)
    {
        lock (_gate)
        {
            _actors = [.. _actors, actor];
            if (_thread is null && !_isDisposed)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "ticks" };
                _thread.Start();
            }
        }
    }

    public void Remove(Actor actor)
    {
        lock (_gate)
        {
            _actors = [.. _actors.Where(other => other != actor)];
        }
    }

    /// <summary>No actor hears of time any more when this returns.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        _hasEnded.Set();
        _thread?.Join();
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
