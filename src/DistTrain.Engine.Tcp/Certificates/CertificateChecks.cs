using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Tcp;

/// <summary>What a certificate must be, each as a question.</summary>
internal static class CertificateChecks
{
    /// <summary>id-kp-serverAuth and id-kp-clientAuth of RFC 5280.</summary>
    public static readonly Oid ServerUsage = new("1.3.6.1.5.5.7.3.1");
    public static readonly Oid ClientUsage = new("1.3.6.1.5.5.7.3.2");

    public static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>()
            .Any(basic => basic.CertificateAuthority);

    /// <summary>True where the key is the one that the certificate speaks of.</summary>
    public static bool BelongTogether(X509Certificate2 certificate, ECDsa key)
    {
        using var known = certificate.GetECDsaPublicKey();
        return known is not null
            && known.ExportSubjectPublicKeyInfo()
                .AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>May act as server and as client.</summary>
    public static bool ServesBothWays(X509Certificate2 certificate)
    {
        string?[] usages =
        [
            .. certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
                .SelectMany(usage => usage.EnhancedKeyUsages.OfType<Oid>())
                .Select(oid => oid.Value),
        ];
        return usages.Contains(ServerUsage.Value) && usages.Contains(ClientUsage.Value);
    }

    /// <summary>True where the authority, and no root of the system, signed it. Time is judged
    /// elsewhere.</summary>
    public static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        bool isGood = chain.Build(certificate);
        foreach (var element in chain.ChainElements)
        {
            element.Certificate.Dispose();
        }
        return isGood;
    }

    /// <summary>Names and addresses that it is good for.</summary>
    public static IEnumerable<string> Hosts(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(
            names => names.EnumerateDnsNames()
                .Concat(names.EnumerateIPAddresses().Select(address => address.ToString())));
}
