using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>A folder for authorities and nodes, gone after the test.</summary>
public abstract class CertificateScratch : IDisposable
{
    protected CertificateScratch()
    {
        Folder = Directory.CreateTempSubdirectory("disttrain-certs-").FullName;
    }

    /// <summary>Of the real clock, because TLS looks at it.</summary>
    protected static DateTimeOffset Now { get; } = DateTimeOffset.UtcNow;

    protected string Folder { get; }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string At(string path) => Path.Combine(Folder, path);

    /// <summary>An authority in a folder of this name.</summary>
    protected void CreateAuthority(string name = "ca", DateTimeOffset? when = null) =>
        ClusterAuthority.Create(At(name), when ?? Now);

    /// <summary>A node's folder, signed by the authority of that name.</summary>
    protected string CreateNode(
        NodeRequest request, string authority = "ca", string? folder = null,
        DateTimeOffset? when = null)
    {
        string target = At(folder ?? request.Name);
        using var signer = ClusterAuthority.Load(At(authority), when ?? Now);
        signer.Issue(request, target, when ?? Now);
        return target;
    }

    protected static X509Certificate2 Certificate(string folder, string name = "node.crt") =>
        X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, name));
}
