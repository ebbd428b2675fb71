using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>A way to whoever leads now; without a leader nothing is sent.</summary>
internal sealed class RedirectedLink : IMessageLink
{
    private volatile IMessageLink? _target;

    public IMessageLink? Target
    {
        set => _target = value;
    }

    public bool TrySend(object message, WireStream? stream = null, int recipient = 0) =>
        _target is { } target && target.TrySend(message, stream, recipient);

    public void Close(string cause) => _target?.Close(cause);
}
