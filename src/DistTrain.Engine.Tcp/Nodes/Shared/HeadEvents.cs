using System.Collections.Concurrent;
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

/// <summary>Events from receiving threads to the node's own.</summary>
internal sealed class HeadEvents : IDisposable
{
    /// <summary>A head sends few: one welcome a connection, places when one changes, a piece of
    /// data for each request.</summary>
    private const int Most = 4096;

    private readonly BlockingCollection<HeadEvent> _queue = new(Most);

    public void Post(HeadEvent happened)
    {
        if (!_queue.TryAdd(happened))
        {
            throw new InvariantException("the head says more than this node can take");
        }
    }

    /// <returns>Null if nothing came in time.</returns>
    public HeadEvent? Take(TimeSpan patience) =>
        _queue.TryTake(
            out HeadEvent? happened,
            (int)Math.Clamp(patience.TotalMilliseconds, 0, int.MaxValue))
            ? happened
            : null;

    public void Dispose() => _queue.Dispose();
}
