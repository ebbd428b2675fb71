using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// Mutual TLS 1.3. The cluster's own CA is the only root; both ends are checked: chain, dates, what
/// the key is for, roles, and the name of the end that was dialled. The system's roots, revocation
/// lists and the network have no say.
/// </summary>
internal sealed class TlsSecurity : LinkSecurity
{
    private readonly X509Certificate2 _authority;
    private readonly SslStreamCertificateContext _node;

    private TlsSecurity(X509Certificate2 authority, X509Certificate2 node)
    {
        _authority = authority;
        _node = SslStreamCertificateContext.Create(node, null, offline: true);
        Own = PeerCertificate.Identity(node);
    }

    /// <summary>Who this node is to others.</summary>
    public PeerIdentity Own { get; }

    public override bool IsEncrypted => true;

    public static new TlsSecurity FromFolder(string folder)
    {
        NodeCertificates certificates = NodeCertificates.Load(folder);
        try
        {
            return new TlsSecurity(certificates.Authority, certificates.Node);
        }
        catch (CryptographicException e)
        {
            throw new SecuritySetupException(
                $"the certificates in {folder} cannot be used: {e.Message}", e);
        }
    }

    internal override LinkChannel Accept(LinkSocket socket)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _node,
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls13,
            CertificateChainPolicy = Policy(CertificateChecks.ClientUsage),
            EncryptionPolicy = EncryptionPolicy.RequireEncryption,
            AllowTlsResume = false,
            AllowRenegotiation = false,
        };
        return Authenticate(socket, CertificateChecks.ClientUsage, NodeRoles.All, (tls, callback) =>
        {
            options.RemoteCertificateValidationCallback = callback;
            tls.AuthenticateAsServer(options);
        });
    }

    internal override LinkChannel Connect(LinkSocket socket, string host, NodeRoles roles)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ClientCertificateContext = _node,
            EnabledSslProtocols = SslProtocols.Tls13,
            CertificateChainPolicy = Policy(CertificateChecks.ServerUsage),
            EncryptionPolicy = EncryptionPolicy.RequireEncryption,
            AllowTlsResume = false,
            AllowRenegotiation = false,
        };
        return Authenticate(socket, CertificateChecks.ServerUsage, roles, (tls, callback) =>
        {
            options.RemoteCertificateValidationCallback = callback;
            tls.AuthenticateAsClient(options);
        });
    }

    private static TlsChannel Authenticate(
        LinkSocket socket, Oid use, NodeRoles roles,
        Action<SslStream, RemoteCertificateValidationCallback> handshake)
    {
        var transport = new TlsTransport(socket);
        var tls = new SslStream(transport, leaveInnerStreamOpen: true);
        string? why = null;
        try
        {
            handshake(tls, (_, certificate, chain, errors) =>
                (why = PeerCertificate.Check(certificate, chain, errors, use, roles)) is null);
            PeerIdentity peer = PeerCertificate.Identity((X509Certificate2)tls.RemoteCertificate!);
            transport.BeginGathering();
            return new TlsChannel(socket, peer, tls, transport);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException
            or InvalidOperationException)
        {
            tls.Dispose();
            throw new LinkRefusedException(
                why is null && e is not AuthenticationException
                    ? RefusalCause.HungUp
                    : RefusalCause.BadCertificate,
                why ?? $"TLS: {e.InnerException?.Message ?? e.Message}", e);
        }
    }

    private X509ChainPolicy Policy(Oid use) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { _authority },
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
        ApplicationPolicy = { use },
    };
}
