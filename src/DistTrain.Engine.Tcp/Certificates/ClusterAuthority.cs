using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// A cluster's own certificate authority: the only root that its nodes believe. It signs nodes and
/// nothing else (path length 0). ECDSA on P-256 with SHA-256; RFC 5280 says what each extension
/// means.
/// </summary>
public sealed class ClusterAuthority : IDisposable
{
    private const int Years = 10;

    private readonly X509Certificate2 _certificate;

    private ClusterAuthority(X509Certificate2 certificate)
    {
        _certificate = certificate;
    }

    /// <summary>Clocks of a cluster differ; what is made now is valid an hour ago too.</summary>
    internal static TimeSpan ClockSkew { get; } = TimeSpan.FromHours(1);

    /// <summary>After this it signs and proves nothing.</summary>
    public DateTimeOffset NotAfter => _certificate.NotAfter;

    /// <summary>CN=DistTrain cluster CA and 8 hexadecimal digits, which tell two apart.</summary>
    public string Name => _certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <summary>Makes one and writes it into a folder, which may be there but not hold one.
    /// </summary>
    /// <returns>The paths written.</returns>
    /// <exception cref="CertificateException">The folder holds one already.</exception>
    /// <exception cref="IOException">The disk refused; nothing is left.</exception>
    public static IReadOnlyList<string> Create(string folder, DateTimeOffset now)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        RefuseToOverwrite(folder,
            [CertificateFiles.AuthorityKey, CertificateFiles.AuthorityCertificate],
            "a cluster has one authority: sign nodes by certs node, or give another folder");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = SelfSigned(key, now);
        var files = new NewFiles(folder);
        files.Add(CertificateFiles.AuthorityKey, Pem(key), isSecret: true);
        files.Add(CertificateFiles.AuthorityCertificate, Pem(certificate));
        return files.Write();
    }

    /// <summary>Reads the authority of a folder.</summary>
    /// <exception cref="CertificateException">A file is missing or damaged, they do not belong
    /// together, or the authority has expired.</exception>
    public static ClusterAuthority Load(string folder, DateTimeOffset now)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, CertificateFiles.AuthorityCertificate);
        if (!File.Exists(path))
        {
            throw new CertificateException("--ca", $"{folder} holds no authority",
                $"make one: disttrain certs init {folder}");
        }
        using var certificate = PemFile.Certificate(path);
        using var key = PemFile.Key(Path.Combine(folder, CertificateFiles.AuthorityKey));
        if (!CertificateChecks.IsAuthority(certificate))
        {
            throw new CertificateException(path, "is no authority's certificate",
                "give the folder that certs init made");
        }
        if (!CertificateChecks.BelongTogether(certificate, key))
        {
            throw new CertificateException(path, "does not belong to the key beside it",
                "restore both files from the same copy");
        }
        if (certificate.NotAfter < now)
        {
            throw new CertificateException(
                path, $"has expired on {certificate.NotAfter:yyyy-MM-dd}",
                "make a new one and new certificates for all nodes: disttrain certs init DIR");
        }
        return new ClusterAuthority(certificate.CopyWithPrivateKey(key));
    }

    /// <summary>Makes a node's key and certificate and writes them into a folder, with a copy of
    /// the authority's certificate.</summary>
    /// <returns>The paths written.</returns>
    /// <exception cref="CertificateException">The request is bad, or the folder holds a node's
    /// certificate already; every problem is named.</exception>
    /// <exception cref="IOException">The disk refused; nothing is left.</exception>
    public IReadOnlyList<string> Issue(NodeRequest request, string folder, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        CertificateProblem[] problems = [.. request.Problems(), .. Occupied(folder)];
        if (problems.Length > 0)
        {
            throw new CertificateException(problems);
        }
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Sign(request, key, now);
        var files = new NewFiles(folder);
        files.Add(CertificateFiles.NodeKey, Pem(key), isSecret: true);
        files.Add(CertificateFiles.AuthorityCertificate, Pem(_certificate));
        files.Add(CertificateFiles.NodeCertificate, Pem(certificate));
        return files.Write();
    }

    /// <summary>What keeps a node's files from being written to the folder.</summary>
    public static IEnumerable<CertificateProblem> Occupied(string folder) =>
        Existing(folder,
            [
                CertificateFiles.AuthorityCertificate, CertificateFiles.NodeCertificate,
                CertificateFiles.NodeKey,
            ],
            "it is never overwritten: remove the folder, or give another by --out");

    public void Dispose() => _certificate.Dispose();

    private static X509Certificate2 SelfSigned(ECDsa key, DateTimeOffset now)
    {
        string digits = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var request = new CertificateRequest(
            $"CN=DistTrain cluster CA {digits}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0,
            critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(
            new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now - ClockSkew, now.AddYears(Years));
    }

    private X509Certificate2 Sign(NodeRequest node, ECDsa key, DateTimeOffset now)
    {
        var request = new CertificateRequest(
            node.Subject.Encode(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0,
            critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature, critical: true));
        // A node is server to some and client to others.
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [CertificateChecks.ServerUsage, CertificateChecks.ClientUsage], critical: false));
        request.CertificateExtensions.Add(
            new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
                _certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (AlternativeNames(node) is { } names)
        {
            request.CertificateExtensions.Add(names);
        }
        // A certificate inside its authority's time, else no verifier takes it at the end.
        DateTimeOffset from = Later(now - ClockSkew, _certificate.NotBefore);
        DateTimeOffset to = Earlier(now.AddDays(node.Days), _certificate.NotAfter);
        return request.Create(_certificate, from, to, RandomNumberGenerator.GetBytes(16));
    }

    private static X509Extension? AlternativeNames(NodeRequest node)
    {
        var builder = new SubjectAlternativeNameBuilder();
        bool any = false;
        foreach (string host in node.AllHosts)
        {
            any = true;
            if (HostName.Address(host) is { } address)
            {
                builder.AddIpAddress(address);
            }
            else
            {
                builder.AddDnsName(host);
            }
        }
        return any ? builder.Build() : null;
    }

    private static void RefuseToOverwrite(string folder, string[] names, string hint)
    {
        CertificateProblem[] there = [.. Existing(folder, names, hint)];
        if (there.Length > 0)
        {
            throw new CertificateException(there);
        }
    }

    private static IEnumerable<CertificateProblem> Existing(
        string folder, string[] names, string hint) =>
        names.Select(name => Path.Combine(folder, name)).Where(Path.Exists).Take(1)
            .Select(path => new CertificateProblem(path, "is there already", hint));

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static string Pem(ECDsa key) => key.ExportPkcs8PrivateKeyPem() + "\n";

    private static string Pem(X509Certificate2 certificate) =>
        certificate.ExportCertificatePem() + "\n";
}
