using System.Net.Sockets;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// Writes what a connection has to send. Whoever adds something (<see cref="Wake"/>) becomes the
/// writer if nobody is, and stays it as long as the socket takes all without waiting; then the
/// link's own thread goes on. So a message mostly costs no change of threads, and no caller ever
/// waits for the network.
/// <para>
/// Invariant: <c>_work</c> counts the calls of <see cref="Wake"/> not yet looked after; who raises
/// it from 0 is the writer, or hands that over, until it is 0 again.
/// </para>
/// </summary>
internal sealed class LinkSender(
    WireConnection wire, LinkChannel channel, bool writesDirectly, Action<Exception> onBroken)
{
    /// <summary>A caller has its own work to do: it writes no more than this many batches.
    /// </summary>
    private const int DirectBatches = 16;

    private readonly Lock _writing = new();
    private readonly object _handingOver = new();
    private readonly FrameBatch _batch = new();
    private int _work;
    private bool _isHandedOver;
    private bool _hasEnded;
    private volatile bool _isStarted;
    private volatile bool _isClosed;
    private volatile bool _isLeaving;

    /// <summary>Starts the link's own thread.</summary>
    public void Start(string name)
    {
        var thread = new Thread(Run, TcpLimits.StackBytes) { IsBackground = true, Name = name };
        _isStarted = true;
        thread.Start();
    }

    /// <summary>There may be something to write.</summary>
    /// <param name="direct">False: never by this thread.</param>
    public void Wake(bool direct = true)
    {
        bool mayWrite = direct && (writesDirectly || !_isStarted);
        if (Interlocked.Increment(ref _work) == 1 && !(mayWrite && TryWrite(false)))
        {
            lock (_handingOver)
            {
                _isHandedOver = true;
                Monitor.Pulse(_handingOver);
            }
        }
    }

    /// <summary>When all that can be sent now is sent, the other end is told that it was all.
    /// </summary>
    public void Leave()
    {
        _isLeaving = true;
        Wake();
    }

    /// <summary>Once this returns nothing is written, nor is any tensor looked at. Whoever waits to
    /// write must have been woken by <see cref="LinkChannel.Abort"/>.</summary>
    public void Close()
    {
        lock (_writing)
        {
            _isClosed = true;
            wire.Close();
        }

        Wake(direct: false);
    }

    private void Run()
    {
        while (!_isClosed)
        {
            lock (_handingOver)
            {
                while (!_isHandedOver)
                {
                    Monitor.Wait(_handingOver);
                }

                _isHandedOver = false;
            }

            TryWrite(true);
        }
    }

    /// <summary>Writes as long as there is something.</summary>
    /// <returns>False if the socket is full, or it takes too long: another thread goes on.
    /// </returns>
    private bool TryWrite(bool mayWait)
    {
        int seen = Volatile.Read(ref _work);
        while (true)
        {
            if (!TryDrain(mayWait))
            {
                return false;
            }

            int left = Interlocked.Add(ref _work, -seen);
            if (left == 0)
            {
                return true;
            }

            seen = left;
        }
    }

    private bool IsOver => _isClosed || _hasEnded;

    private bool TryDrain(bool mayWait)
    {
        try
        {
            for (int batches = 0; mayWait || batches < DirectBatches; batches++)
            {
                lock (_writing)
                {
                    if (IsOver || (!_batch.Fill(wire) && !channel.HasUnsent))
                    {
                        EndIfLeaving();
                        return true;
                    }

                    if (!TrySend(mayWait))
                    {
                        return false;
                    }
                }
            }

            return false;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            onBroken(e);
            return true;
        }
    }

    private bool TrySend(bool mayWait)
    {
        while (!channel.TrySend(_batch))
        {
            if (!mayWait)
            {
                return false;
            }

            channel.WaitToSend();
        }

        return true;
    }

    private void EndIfLeaving()
    {
        if (_isLeaving && !_isClosed && !_hasEnded)
        {
            _hasEnded = true;
            channel.EndSending();
        }
    }
}
