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
    private Link _link = null!;

    /// <summary>Of the stream, arrived.</summary>
    public long StreamedBytes => Interlocked.Read(ref _streamed) * WireRows.LargeGradientBytes;

    public override void OnOpen(Link link)
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

    /// <summary>From now on, until <see cref="Dispose"/>.</summary>
    public void Stream()
    {
        _streams = true;
        for (int i = 0; i < StreamedAtOnce; i++)
            SendStreamed();
    }

    public void Dispose()
    {
        _streams = false;
        _opened.Dispose();
        _answers.Dispose();
    }

    protected override void OnMessage(Link link, object content)
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

    private void SendStreamed() =>
        Send(_link, Tensor(WireRows.LargeGradientBytes, AnsweringNode.Streamed));
}
