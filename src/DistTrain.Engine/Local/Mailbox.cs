using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace DistTrain.Engine;

/// <summary>
/// What an actor has still to hear: many senders, one receiver, in the order of arrival. Adding
/// never blocks. The capacity is what the protocol can have under way at most, so a full mailbox
/// is a bug of the sender's, and refused; memory is taken only as it is needed.
/// </summary>
internal sealed class Mailbox<T>(int capacity)
{
    private readonly ConcurrentQueue<T> _messages = new();
    private int _count;

    public int Capacity { get; } = capacity;

    public bool IsEmpty => _messages.IsEmpty;

    /// <returns>False if the mailbox is full; the message was not taken.</returns>
    public bool TryAdd(T message)
    {
        if (Interlocked.Increment(ref _count) > Capacity)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        _messages.Enqueue(message);
        return true;
    }

    public bool TryTake([MaybeNullWhen(false)] out T message)
    {
        if (!_messages.TryDequeue(out message))
        {
            return false;
        }

        Interlocked.Decrement(ref _count);
        return true;
    }
}
