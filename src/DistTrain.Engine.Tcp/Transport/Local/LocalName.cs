using System.Net;
using System.Net.Sockets;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// By what name a node that listens on a loopback address without encryption is found without TCP
/// too: Unix sockets move tensors at twice the rate and half the cost. The name is one of Linux's
/// abstract ones: it is no file, is gone with the node, and is seen where its loopback address is,
/// as both belong to the network namespace.
/// </summary>
internal static class LocalName
{
    /// <summary>Null where there is none: elsewhere than on Linux, and with certificates.
    /// </summary>
    /// <param name="at">The address with its port.</param>
    /// <param name="security">Of both ends.</param>
    public static UnixDomainSocketEndPoint? Of(IPEndPoint at, LinkSecurity security) =>
        OperatingSystem.IsLinux() && !security.IsEncrypted && IPAddress.IsLoopback(at.Address)
            ? new UnixDomainSocketEndPoint($"\0disttrain/{at}")
            : null;
}
