namespace DistTrain.Engine;

/// <summary>
/// What an actor has still to hear: many senders, one receiver, in the order of arrival. Adding
/// never blocks. The capacity is what the protocol can have under way at most, so a full mailbox
/// is a bug of the sender's, and refused; memory is taken only as it is needed.
/// <para>
/// A ring under a spin lock that is held for a few nanoseconds: what a sender on another core has
/// to fetch is this object and one line of the ring, half of what a lock-free queue with a count
/// beside it takes.
/// </para>
/// </summary>
internal sealed class Mailbox<T>(int capacity)
    where T : class
{
    private const int FirstLength = 8;

    private SpinLock _gate = new(enableThreadOwnerTracking: false);
    private T?[] _ring = new T?[FirstLength];
    private int _first;
    private int _count;

    public int Capacity { get; } = capacity;

    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <returns>False if the mailbox is full; the message was not taken.</returns>
    /// <remarks>A full fence: what the caller reads afterwards is read after the message can be
    /// seen.</remarks>
    public bool TryAdd(T message)
    {
        bool isHeld = false;
        _gate.Enter(ref isHeld);
        bool fits = _count < Capacity;
        if (fits)
        {
            if (_count == _ring.Length)
            {
                Grow();
            }

            _ring[(_first + _count) & (_ring.Length - 1)] = message;
            Volatile.Write(ref _count, _count + 1);
        }

        _gate.Exit(useMemoryBarrier: true);
        return fits;
    }

    /// <summary>Takes as many as there are and have room.</summary>
    /// <returns>How many.</returns>
    public int Take(Span<T> messages)
    {
        bool isHeld = false;
        _gate.Enter(ref isHeld);
        int taken = Math.Min(_count, messages.Length);
        for (int i = 0; i < taken; i++)
        {
            ref T? place = ref _ring[(_first + i) & (_ring.Length - 1)];
            messages[i] = place!;
            place = null;
        }

        // An empty ring begins anew: a sender mostly finds the same line, not one after another.
        Volatile.Write(ref _count, _count - taken);
        _first = _count == 0 ? 0 : (_first + taken) & (_ring.Length - 1);
        _gate.Exit(useMemoryBarrier: false);
        return taken;
    }

    private void Grow()
    {
        var longer = new T?[_ring.Length * 2];
        for (int i = 0; i < _count; i++)
        {
            longer[i] = _ring[(_first + i) & (_ring.Length - 1)];
        }

        (_ring, _first) = (longer, 0);
    }
}
