using Akka.Actor;

namespace DistTrain.Engine.Akka;

/// <summary>A node's ways to all nodes, itself included.</summary>
/// <param name="self">This node's address.</param>
/// <param name="handler">What comes for this node.</param>
/// <param name="lanes">To the others.</param>
internal sealed class NodeLinks(Address self, ILaneHandler handler, LaneOffice lanes)
{
    private readonly LoopbackLink _loopback = new(self, handler);

    public Address Self => self;

    public IMessageLink To(Address node) => node == self ? _loopback : lanes.To(node);

    /// <summary>HOST:PORT, as messages name a node.</summary>
    public IMessageLink To(string hostAndPort) => To(AddressOf(hostAndPort));

    /// <summary>The node is gone for good.</summary>
    public void Forget(Address node)
    {
        if (node != self)
        {
            lanes.Forget(node);
        }
    }

    public Address AddressOf(string hostAndPort)
    {
        int colon = hostAndPort.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(hostAndPort.AsSpan(colon + 1), out ushort port)
            ? new Address(self.Protocol, self.System, hostAndPort[..colon], port)
            : throw new NodeException($"'{hostAndPort}' is no HOST:PORT");
    }

    public static string NameOf(Address node) => $"{node.Host}:{node.Port}";
}
