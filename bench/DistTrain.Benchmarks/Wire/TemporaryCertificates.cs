using DistTrain.Engine.Tcp;

namespace DistTrain.Benchmarks.Wire;

/// <summary>One node's certificates, for as long as they are needed.</summary>
internal sealed class TemporaryCertificates : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("disttrain-wire-");

    public TemporaryCertificates()
    {
        string authority = Path.Combine(_root.FullName, "ca");
        ClusterAuthority.Create(authority, DateTimeOffset.UtcNow);
        using ClusterAuthority signer = ClusterAuthority.Load(authority, DateTimeOffset.UtcNow);
        signer.Issue(
            new NodeRequest { Name = "bench", Hosts = ["127.0.0.1"] }, Folder,
            DateTimeOffset.UtcNow);
    }

    public string Folder => Path.Combine(_root.FullName, "bench");

    public void Dispose() => _root.Delete(recursive: true);
}
