using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>A small CA, and folders of certificates that are right but for what a test wants.
/// </summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("disttrain-certs-");
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;
    private int _folders;

    public TestCertificates()
    {
        var request = new CertificateRequest("CN=test CA", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-900), DateTimeOffset.UtcNow.AddDays(900));
    }

    public LinkSecurity Security(
        string roles = "disttrain head+ps+worker", string host = "127.0.0.1", int daysLeft = 9,
        string? use = null) => LinkSecurity.FromFolder(Folder(roles, host, daysLeft, use));

    /// <param name="roles">The organizational unit.</param>
    /// <param name="host">A name or an address.</param>
    /// <param name="daysLeft">Negative: it ran out so long ago.</param>
    /// <param name="use">Of the key; null: servers and clients.</param>
    public string Folder(
        string roles = "disttrain head+ps+worker", string host = "127.0.0.1", int daysLeft = 9,
        string? use = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            $"CN=tester, OU={roles}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        string[] uses = use is null
            ? [CertificateChecks.ServerUsage.Value!, CertificateChecks.ClientUsage.Value!]
            : [use];
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([.. uses.Select(each => new Oid(each))], true));
        DateTimeOffset end = DateTimeOffset.UtcNow.AddDays(daysLeft);
        using X509Certificate2 certificate = request.Create(
            _authority, end.AddDays(-100), end, RandomNumberGenerator.GetBytes(16));
        return Write(certificate, key);
    }

    public void Dispose()
    {
        _root.Delete(recursive: true);
        _authority.Dispose();
        _key.Dispose();
    }

    private string Write(X509Certificate2 certificate, ECDsa key)
    {
        string folder = Path.Combine(_root.FullName, $"{Interlocked.Increment(ref _folders)}");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "ca.crt"), _authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "node.crt"), certificate.ExportCertificatePem());
        using FileStream file = PrivateFile.Create(Path.Combine(folder, "node.key"));
        file.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        return folder;
    }
}
