using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>A way to one other node, whatever carries it.</summary>
internal interface IMessageLink
{
    /// <summary>Queues a message. Never waits.</summary>
    /// <param name="message">One that travels.</param>
    /// <param name="stream">Instead of the one that such messages take.</param>
    /// <param name="recipient">The slice or worker at the other node that it is for.</param>
    /// <returns>False if the queue is full or the way closed: it will not be sent.</returns>
    bool TrySend(object message, WireStream? stream = null, int recipient = 0);

    /// <summary>Ends it at once; what was not sent is not sent.</summary>
    void Close(string cause);
}
