using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>What happens to a node and is for its own thread: all but messages to roles.</summary>
internal abstract record HeadEvent
{
    /// <summary>The node is welcomed, on a new connection.</summary>
    /// <param name="Link">To the head.</param>
    /// <param name="Run">It takes part in this run.</param>
    /// <param name="Ordinal">As which worker or parameter server.</param>
    /// <param name="Description">The run, as it came: equal bytes are an equal run.</param>
    public sealed record Welcomed(
        Link Link, RunId Run, int Ordinal, ReadOnlyMemory<byte> Description) : HeadEvent;

    /// <summary>A piece of the data came.</summary>
    public sealed record Data(DataPart Part, ReadOnlyMemory<byte> Bytes) : HeadEvent;

    /// <summary>Where the slices are.</summary>
    public sealed record Places(SlicePlaces Message) : HeadEvent;

    /// <summary>The connection to the head is gone.</summary>
    public sealed record Lost(LinkEnd End) : HeadEvent;

    /// <summary>A bug has stopped the roles here.</summary>
    public sealed record Crashed(Exception Failure) : HeadEvent;

    /// <summary>The coordinator lets the worker go.</summary>
    public sealed record LetGo : HeadEvent;
}

/// <summary>Events from receiving threads to the node's own. What comes when that has ended lies
/// there and is forgotten.</summary>
internal sealed class HeadEvents
{
    /// <summary>A head says little: one welcome a connection, places when one changes, a piece of
    /// data for each request.</summary>
    private const int Most = 4096;

    private readonly object _gate = new();
    private readonly Queue<HeadEvent> _queue = new();
    private bool _isWoken;

    /// <summary>Something happened to this node itself: a few times for each connection.</summary>
    public void Post(HeadEvent happened) => Add(happened, int.MaxValue);

    /// <summary>The head said something.</summary>
    /// <returns>False if too much of that waits already.</returns>
    public bool TryPost(HeadEvent said) => Add(said, Most);

    /// <summary>Whoever waits looks about, though nothing happened.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _isWoken = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <returns>Null if nothing came in time.</returns>
    public HeadEvent? Take(TimeSpan patience)
    {
        lock (_gate)
        {
            if (_queue.Count == 0 && !_isWoken)
            {
                Monitor.Wait(_gate, patience);
            }

            _isWoken = false;
            return _queue.TryDequeue(out HeadEvent? happened) ? happened : null;
        }
    }

    private bool Add(HeadEvent happened, int most)
    {
        lock (_gate)
        {
            bool fits = _queue.Count < most;
            if (fits)
            {
                _queue.Enqueue(happened);
                Monitor.Pulse(_gate);
            }

            return fits;
        }
    }
}
