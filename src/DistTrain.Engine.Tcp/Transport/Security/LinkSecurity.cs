using System.Net;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// How both ends of a connection prove who they are, before anything else is read: by a token that
/// only processes of one run on this machine know, or by certificates.
/// </summary>
public abstract class LinkSecurity
{
    /// <summary>Others can neither read nor change what is sent, on whatever network.</summary>
    public abstract bool IsEncrypted { get; }

    /// <summary>Where a node so secured makes its tensors: without encryption the other end is on
    /// this machine.</summary>
    internal TensorMemory MemoryForTensors =>
        IsEncrypted ? TensorMemory.Own : TensorMemory.Shared;

    public static LinkSecurity FromToken(RunToken token) => new TokenSecurity(token);

    /// <summary>Mutual TLS with <c>ca.crt</c>, <c>node.crt</c> and <c>node.key</c> of a folder.
    /// </summary>
    /// <exception cref="SecuritySetupException">They are not there, or not fit for use.</exception>
    public static LinkSecurity FromFolder(string folder) => TlsSecurity.FromFolder(folder);

    /// <summary>The end that was connected to.</summary>
    /// <exception cref="LinkRefusedException">The other end did not prove itself.</exception>
    internal abstract LinkChannel Accept(LinkSocket socket);

    /// <summary>The end that connected.</summary>
    /// <param name="socket">Connected.</param>
    /// <param name="host">As dialled: the other end must be that.</param>
    /// <param name="roles">The other end must have one of these.</param>
    /// <exception cref="LinkRefusedException">The other end did not prove itself.</exception>
    internal abstract LinkChannel Connect(LinkSocket socket, string host, NodeRoles roles);

    /// <summary>The rule: without encryption nothing leaves this machine, nor comes from another.
    /// </summary>
    /// <exception cref="SecuritySetupException">The rule is against it.</exception>
    public void CheckListening(IPEndPoint at)
    {
        if (!IsEncrypted && !IPAddress.IsLoopback(at.Address))
        {
            throw new SecuritySetupException(
                $"listening on {at} needs certificates: other machines can reach it. "
                + "Make them with 'disttrain certs init' and 'disttrain certs node NAME --hosts "
                + "HOST', then give --certs DIR; or listen on 127.0.0.1");
        }
    }

    /// <summary>The same rule for whoever connects.</summary>
    /// <exception cref="SecuritySetupException">The rule is against it.</exception>
    public void CheckDialling(string host, IPAddress address)
    {
        if (!IsEncrypted && !IPAddress.IsLoopback(address))
        {
            throw new SecuritySetupException(
                $"connecting to {host} ({address}) needs certificates: it is another machine. "
                + "Make them with 'disttrain certs node NAME' where the cluster's CA is, then give "
                + "--certs DIR");
        }
    }
}
