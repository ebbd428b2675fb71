using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Tcp;

/// <summary>What is checked of the other end's certificate beyond its chain and name, which the
/// platform checks; and why it was refused, in words that help.</summary>
internal static class PeerCertificate
{
    /// <summary>Name and roles; a certificate that is not of <c>disttrain certs</c> has no role.
    /// </summary>
    public static PeerIdentity Identity(X509Certificate2 certificate) =>
        NodeSubject.Read(certificate) is { } subject
            ? new PeerIdentity(subject.Name, (NodeRoles)subject.Roles)
            : new PeerIdentity(
                certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false),
                NodeRoles.None);

    /// <returns>Why it is refused; null: it is not.</returns>
    public static string? Check(
        X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, Oid use,
        NodeRoles roles)
    {
        if (certificate is not X509Certificate2 there
            || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "it has no certificate";
        }

        PeerIdentity peer = Identity(there);
        string who = $"the certificate of '{peer.Name}'";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return $"{who} {ChainProblem(there, chain)}";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"{who} is not for the name that was dialled; make one with 'disttrain certs "
                + $"node {peer.Name} --hosts HOST'";
        }

        if (!Uses(there).Contains(use.Value))
        {
            bool isServer = use.Value == CertificateChecks.ServerUsage.Value;
            return $"{who} is not for {(isServer ? "servers" : "clients")}";
        }

        return (peer.Roles & roles) != 0
            ? null
            : $"{who} has the roles '{peer.Roles.Text()}' and none of '{roles.Text()}'";
    }

    private static string ChainProblem(X509Certificate2 certificate, X509Chain? chain)
    {
        X509ChainStatusFlags flags = chain is null
            ? X509ChainStatusFlags.PartialChain
            : chain.ChainStatus.Aggregate(
                X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return "is not valid now but from "
                + $"{certificate.NotBefore.ToUniversalTime():u} to "
                + $"{certificate.NotAfter.ToUniversalTime():u}; "
                + "make a new one, or set this machine's clock";
        }

        const X509ChainStatusFlags OtherAuthority = X509ChainStatusFlags.PartialChain
            | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid;
        return (flags & OtherAuthority) != 0
            ? "is not of this cluster's CA (ca.crt)"
            : $"is not valid: {flags}";
    }

    private static IEnumerable<string?> Uses(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(extension => extension.EnhancedKeyUsages.Cast<Oid>())
            .Select(oid => oid.Value);
}
