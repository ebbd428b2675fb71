using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DistTrain.Engine.Tcp;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>A cluster's authority and what it signs, made as <c>disttrain certs</c> does.</summary>
internal sealed class TestAuthority : IDisposable
{
    // Old enough to have signed something that has expired.
    private static readonly DateTimeOffset Beginning = DateTimeOffset.UtcNow.AddDays(-400);

    private readonly TemporaryFolder _folder = new();
    private readonly ClusterAuthority _authority;
    private int _nodes;

    public TestAuthority()
    {
        ClusterAuthority.Create(_folder.File("ca"), Beginning);
        _authority = ClusterAuthority.Load(_folder.File("ca"), DateTimeOffset.UtcNow);
    }

    /// <summary>A node reached at a host, 127.0.0.1 if nothing is said.</summary>
    public AkkaSecurity Node(string host = "127.0.0.1", string role = "worker")
    {
        NodeCertificates files = Issue(DateTimeOffset.UtcNow, host, role);
        return AkkaSecurity.MutualTls(files.Node, files.Authority);
    }

    public X509Certificate2 Good() => Issue(DateTimeOffset.UtcNow, "127.0.0.1", "worker").Node;

    public X509Certificate2 Expired() => Issue(Beginning, "127.0.0.1", "worker").Node;

    public X509Certificate2 OfElsewhere() =>
        Issue(DateTimeOffset.UtcNow, "elsewhere.example", "worker").Node;

    /// <summary>Of the same authority, but for a program that is no node of DistTrain.</summary>
    public X509Certificate2 OfNoNode()
    {
        using var authority = X509Certificate2.CreateFromPemFile(
            _folder.File("ca", CertificateFiles.AuthorityCertificate),
            _folder.File("ca", CertificateFiles.AuthorityKey));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 node = Good();
        var request = new CertificateRequest(
            "CN=other, OU=printers", key, HashAlgorithmName.SHA256);
        foreach (X509Extension extension in node.Extensions
            .Where(e => e is X509EnhancedKeyUsageExtension
                or X509SubjectAlternativeNameExtension))
        {
            request.CertificateExtensions.Add(extension);
        }
        using X509Certificate2 made = request.Create(
            authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [7]);
        return made.CopyWithPrivateKey(key);
    }

    /// <summary>Has all that a node's has but an authority.</summary>
    public static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            "CN=node_1, OU=disttrain head", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private NodeCertificates Issue(DateTimeOffset now, string host, string role)
    {
        string folder = _folder.File($"{_nodes++}");
        _authority.Issue(
            new NodeRequest { Name = "node_1", Hosts = [host], Roles = [role], Days = 100 },
            folder, now);
        return NodeCertificates.Load(folder);
    }
}
