using System.Diagnostics;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>A probe's end of its connection: it takes one answer and no tensor.</summary>
internal sealed class ProbeLink : ILinkHandler, ITensorSink
{
    private readonly TaskCompletionSource<NodeReport> _report =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private long _openedAt;

    public ITensorSource Source { get; } = new NodeTensors();

    /// <summary>It failed, for this reason; what was heard before counts.</summary>
    public void Fail(string why) => _report.TrySetException(new NodeException(why));

    /// <exception cref="NodeException">There was no answer.</exception>
    public NodeReport Wait(TimeSpan patience)
    {
        if (Task.WaitAny([_report.Task], patience) < 0)
        {
            throw new NodeException($"there was no answer within {patience.TotalSeconds:0.#} s");
        }

        return _report.Task.GetAwaiter().GetResult();
    }

    public ITensorSink SinkFor(Link link) => this;

    public void OnOpen(Link link) => _openedAt = Stopwatch.GetTimestamp();

    public void OnMessage(Link link, IncomingMessage message)
    {
        if (message.Content is ProbeAnswer answer)
        {
            TimeSpan roundTrip = Stopwatch.GetElapsedTime(_openedAt);
            DateTimeOffset theirs = DateTimeOffset.FromUnixTimeMilliseconds(
                answer.UnixMilliseconds);
            _report.TrySetResult(new NodeReport(
                answer.Run?.Value, answer.Program,
                theirs - (DateTimeOffset.UtcNow - (roundTrip / 2)), roundTrip));
        }

        link.Release(message);
    }

    public void OnRefused(Link link, string why)
    {
        // Not the answer; the wait goes on.
    }

    public void OnClosed(Link link, LinkEnd end) => Fail(end.Cause);

    public bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        (handle, room) = (default, default);
        return false;
    }

    public void Abandon(TensorHandle handle)
    {
        // None was taken.
    }
}
