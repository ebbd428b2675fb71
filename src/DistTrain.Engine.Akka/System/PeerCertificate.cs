using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Akka;

/// <summary>
/// Judges the certificate of the other end of a connection, whichever end dialled: signed by the
/// cluster's own authority (no root of the system, no revocation list, nothing fetched), within its
/// dates, for servers and clients both, with a role in a DistTrain cluster and, where we dialled,
/// for the name that was dialled.
/// <para>
/// What it cannot see: which cluster role the other end will take. Remoting judges connections, and
/// whom Akka lets in may say that it is anything; a certificate for workers keeps nobody from
/// joining as a head. So all of a cluster's certificates are worth the same here.
/// </para>
/// </summary>
internal sealed class PeerCertificate(X509Certificate2 authority)
{
    /// <summary>id-kp-serverAuth and id-kp-clientAuth of RFC 5280: each node is both.</summary>
    private static readonly Oid[] Usages =
        [new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")];

    /// <param name="certificate">What the other end showed.</param>
    /// <param name="errors">What the platform found; of the chain it knows the system's roots
    /// alone, so that is judged here.</param>
    /// <returns>Why it is refused; null: it is not.</returns>
    public string? Check(X509Certificate2? certificate, SslPolicyErrors errors)
    {
        if (certificate is null
            || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "it has no certificate";
        }
        string who = "the certificate of "
            + $"'{certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)}'";
        if (ChainProblem(certificate) is { } problem)
        {
            return $"{who} {problem}";
        }
        if (!CertificateRole.HasAny(certificate))
        {
            return $"{who} names no role in a DistTrain cluster: make it with 'disttrain certs "
                + "node'";
        }
        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? $"{who} is not for the name that was dialled: make it with 'disttrain certs node "
                + "NAME --hosts HOST'"
            : null;
    }

    private string? ChainProblem(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        X509ChainPolicy policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.Add(authority);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        foreach (Oid usage in Usages)
        {
            policy.ApplicationPolicy.Add(usage);
        }
        bool isGood = chain.Build(certificate);
        foreach (X509ChainElement element in chain.ChainElements)
        {
            element.Certificate.Dispose();
        }
        return isGood ? null : Words(certificate, chain.ChainStatus.Aggregate(
            X509ChainStatusFlags.NoError, (all, status) => all | status.Status));
    }

    private static string Words(X509Certificate2 certificate, X509ChainStatusFlags flags)
    {
        const X509ChainStatusFlags OtherAuthority = X509ChainStatusFlags.PartialChain
            | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid;
        return (flags & OtherAuthority) != 0
            ? "is not of this cluster's CA (ca.crt)"
            : flags.HasFlag(X509ChainStatusFlags.NotTimeValid)
            ? $"is valid from {certificate.NotBefore.ToUniversalTime():u} to "
                + $"{certificate.NotAfter.ToUniversalTime():u}, and not now"
            : flags.HasFlag(X509ChainStatusFlags.NotValidForUsage)
            ? "is not for servers and clients both"
            : $"is not valid: {flags}";
    }
}
