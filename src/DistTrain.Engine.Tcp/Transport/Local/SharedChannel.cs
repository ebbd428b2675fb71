using System.Diagnostics;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// Bytes through memory that both processes have mapped. The socket carries none of them: one byte
/// on it wakes an end that waits, and it ends when the other process does.
/// </summary>
internal sealed class SharedChannel(
    LinkSocket socket, PeerIdentity peer, SharedSegment memory, SharedRing incoming,
    SharedRing outgoing, bool lends)
    : LinkChannel(socket, peer)
{
    /// <summary>What wakes the sender comes to the receiving thread, which may be computing: so
    /// long at most it goes unheard.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);

    private static readonly byte[] Ring = [1];

    /// <summary>A thread that waits offers its core to others for a while before it sleeps: to be
    /// woken takes longer than most steps of a small network wait for a message. So long if the
    /// last wait was no longer: two cores, three processes, 7 to 30 % more steps a second.
    /// </summary>
    private static readonly TimeSpan LongYielding = TimeSpan.FromMicroseconds(1_500);

    /// <summary>Otherwise: bytes that stream come soon. Links that wait for a ping now and then
    /// take no time from others.</summary>
    private static readonly TimeSpan ShortYielding = TimeSpan.FromMicroseconds(30);

    private readonly TensorLoans? _loans = lends ? TensorLoans.TryBegin() : null;
    private readonly object _sending = new();
    private readonly byte[] _rings = new byte[64];
    private TimeSpan _yielding = ShortYielding;
    private bool _isOver;
    private volatile bool _isSenderWaiting;
    private volatile bool _hasEnded;
    private volatile bool _isAborted;

    public override string Way =>
        Sharing is null ? "shared memory, tensors copied" : "shared memory";

    public override TensorSharing? Sharing => _loans?.Sharing;

    public override int Receive(Span<byte> buffer)
    {
        long? began = null;
        while (true)
        {
            int bytes = incoming.Read(buffer);
            if (bytes > 0 && incoming.TakeWriterWaits())
            {
                Wake();
            }

            WakeSender();
            if (bytes > 0 || _isOver)
            {
                LearnFromWait(began);
                return bytes;
            }

            began ??= Stopwatch.GetTimestamp();
            if (IsToWait(began.Value))
            {
                // What was written before the end is still read.
                _isOver = Socket.Receive(_rings) == 0;
            }
        }
    }

    public override bool TrySend(FrameBatch batch)
    {
        if (_isAborted)
        {
            throw new IOException("the connection is over");
        }

        int written;
        do
        {
            ReadOnlyMemory<byte> next = batch.Copied.IsEmpty ? batch.Body : batch.Copied;
            written = outgoing.Write(next.Span);
            batch.Advance(written);
        }
        while (written > 0 && batch.LeftBytes > 0);

        if (outgoing.TakeReaderWaits())
        {
            Wake();
        }

        return batch.LeftBytes == 0;
    }

    public override void WaitToSend()
    {
        lock (_sending)
        {
            _isSenderWaiting = true;
            outgoing.AwaitRoom();
            while (!outgoing.HasRoom && !_isAborted)
            {
                Monitor.Wait(_sending, Look);
            }

            _isSenderWaiting = false;
        }
    }

    public override void EndSending()
    {
        _hasEnded = true;
        base.EndSending();
    }

    public override void Abort()
    {
        base.Abort();
        lock (_sending)
        {
            _isAborted = true;
            Monitor.PulseAll(_sending);
        }
    }

    public override void Dispose()
    {
        memory.Dispose();
        _loans?.Dispose();
        base.Dispose();
    }

    /// <summary>Nothing has come; if anything is written from now on, the socket will tell.
    /// </summary>
    /// <param name="began">When this wait began, of which it may have slept a part.</param>
    private bool IsToWait(long began)
    {
        while (Stopwatch.GetElapsedTime(began) < _yielding)
        {
            if (incoming.HasBytes)
            {
                return false;
            }

            Thread.Yield();
        }

        incoming.AwaitBytes();
        return !incoming.HasBytes;
    }

    private void LearnFromWait(long? began)
    {
        if (began is { } start)
        {
            _yielding = Stopwatch.GetElapsedTime(start) < LongYielding
                ? LongYielding
                : ShortYielding;
        }
    }

    private void WakeSender()
    {
        if (_isSenderWaiting)
        {
            lock (_sending)
            {
                Monitor.PulseAll(_sending);
            }
        }
    }

    /// <summary>If the socket takes no more, it is full of such bytes that are not read yet.
    /// </summary>
    private void Wake()
    {
        if (!_hasEnded)
        {
            Socket.Send(Ring);
        }
    }
}
