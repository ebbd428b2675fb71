using System.Diagnostics;
using DistTrain.Engine;
using DistTrain.Engine.Tcp;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Benchmarks.Wire;

/// <summary>Sends, and waits for answers; may stream tensors beside that.</summary>
internal sealed class AskingNode : WireNode, IDisposable
{
    /// <summary>Tensors of the stream that were not answered: there is always one to send.
    /// </summary>
    private const int StreamedAtOnce = 4;

    private readonly ManualResetEventSlim _opened = new();
    private readonly SemaphoreSlim _answers = new(0);
    private long _streamed;
    private volatile bool _streams;
    private IMessageLink _link = null!;

    public override void OnOpen(Link link) => Open(link);

    /// <summary>What is sent goes this way.</summary>
    public void Open(IMessageLink link)
    {
        _link = link;
        _opened.Set();
    }

    public void WaitUntilOpen() => _opened.Wait();

    public void Ask(object message)
    {
        Send(_link, message);
        _answers.Wait();
    }

    /// <param name="turns">That are timed.</param>
    /// <param name="turn">Once.</param>
    /// <param name="streams">Tensors go beside it, from now on until <see cref="Dispose"/>.</param>
    public WireTimes Measure(int turns, Func<AskingNode, double> turn, bool streams)
    {
        if (streams)
            Stream();
        long start = Stopwatch.GetTimestamp();
        WireTimes times = WireTimes.Of(turns, () => turn(this));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return streams ? times with { StreamedMegabytesPerSecond = Streamed / seconds } : times;
    }

    public void Dispose()
    {
        _streams = false;
        _opened.Dispose();
        _answers.Dispose();
    }

    public override void Receive(IMessageLink back, object content)
    {
        if (content is CheckpointKept { Version: AnsweringNode.Streamed })
        {
            Interlocked.Increment(ref _streamed);
            if (_streams)
                SendStreamed();
            return;
        }

        _answers.Release();
    }

    /// <summary>Megabytes of the stream that have arrived.</summary>
    private double Streamed => Interlocked.Read(ref _streamed) * WireRows.LargeGradientBytes / 1e6;

    private void Stream()
    {
        _streams = true;
        for (int i = 0; i < StreamedAtOnce; i++)
            SendStreamed();
    }

    private void SendStreamed() =>
        Send(_link, Tensor(WireRows.LargeGradientBytes, AnsweringNode.Streamed));
}
