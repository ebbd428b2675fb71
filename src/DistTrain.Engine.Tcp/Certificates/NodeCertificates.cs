using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Tcp;

/// <summary>What a node's folder holds, ready for TLS.</summary>
/// <param name="Node">With its key.</param>
/// <param name="Authority">The cluster's own: the only root to believe.</param>
public sealed record NodeCertificates(X509Certificate2 Node, X509Certificate2 Authority)
{
    /// <summary>Reads <c>ca.crt</c>, <c>node.crt</c> and <c>node.key</c>.</summary>
    /// <exception cref="SecuritySetupException">They are not there, or not fit for use.</exception>
    public static NodeCertificates Load(string folder)
    {
        string authority = Path.Combine(folder, CertificateFiles.AuthorityCertificate);
        string certificate = Path.Combine(folder, CertificateFiles.NodeCertificate);
        string key = Path.Combine(folder, CertificateFiles.NodeKey);
        string[] missing =
            [.. new[] { authority, certificate, key }.Where(path => !File.Exists(path))];
        if (missing.Length > 0)
        {
            throw new SecuritySetupException(
                $"certificates: there is no {string.Join(" and no ", missing)}; make them with "
                + "'disttrain certs node NAME' and copy the folder here");
        }

        PrivateFile.Check(key);
        try
        {
            return new NodeCertificates(
                WithKey(certificate, key),
                X509CertificateLoader.LoadCertificateFromFile(authority));
        }
        catch (Exception e) when (e is CryptographicException or IOException
            or UnauthorizedAccessException or ArgumentException)
        {
            throw new SecuritySetupException(
                $"the certificates in {folder} cannot be used: {e.Message}", e);
        }
    }

    private static X509Certificate2 WithKey(string certificate, string key)
    {
        X509Certificate2 loaded = X509Certificate2.CreateFromPemFile(certificate, key);
        if (!OperatingSystem.IsWindows())
        {
            return loaded;
        }

        // Windows' TLS takes no key that is only in memory.
        using (loaded)
        {
            return X509CertificateLoader.LoadPkcs12(loaded.Export(X509ContentType.Pkcs12), null);
        }
    }
}
