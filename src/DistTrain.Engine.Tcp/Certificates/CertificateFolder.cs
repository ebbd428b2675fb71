using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// Examines the folder that a node is given: what is missing, damaged or about to expire. A
/// diagnosis: a connection is judged by the transport, on what the other side really shows.
/// </summary>
public static class CertificateFolder
{
    private const int SoonDays = 30;
    private const string Again = "make it again: disttrain certs node NAME";

    /// <summary>Everything there is to say, good or bad; it does not throw for what it finds.
    /// </summary>
    public static IReadOnlyList<CertificateFinding> Examine(string folder, DateTimeOffset now)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var findings = new List<CertificateFinding>();
        if (!Directory.Exists(folder))
        {
            findings.Add(Bad(folder, "there is no such folder", Again));
            return findings;
        }
        string At(string name) => Path.Combine(folder, name);
        using var authority = Open(findings, At(CertificateFiles.AuthorityCertificate),
            PemFile.Certificate);
        using var node = Open(findings, At(CertificateFiles.NodeCertificate), PemFile.Certificate);
        using var key = Open(findings, At(CertificateFiles.NodeKey), PemFile.Key);
        AddAuthorityKey(findings, At(CertificateFiles.AuthorityKey), isNode: node is not null);
        if (authority is not null)
        {
            AddAuthority(findings, authority, now);
        }
        if (node is not null)
        {
            AddNode(findings, node, now);
        }
        if (node is not null && key is not null)
        {
            findings.Add(CertificateChecks.BelongTogether(node, key)
                ? Good(CertificateFiles.NodeKey, "belongs to node.crt, readable by its owner")
                : Bad(CertificateFiles.NodeKey, "does not belong to node.crt",
                    "copy both files from the same folder"));
        }
        if (node is not null && authority is not null)
        {
            findings.Add(CertificateChecks.IsSignedBy(node, authority)
                ? Good(CertificateFiles.NodeCertificate, "is signed by ca.crt")
                : Bad(CertificateFiles.NodeCertificate, "is not signed by ca.crt",
                    "use certificates of one cluster in all folders, or " + Again));
        }
        return findings;
    }

    private static T? Open<T>(
        List<CertificateFinding> findings, string path, Func<string, T> read)
        where T : class
    {
        try
        {
            return read(path);
        }
        catch (CertificateException e)
        {
            findings.AddRange(e.Problems.Select(
                problem => Bad(Path.GetFileName(path), problem.Message, problem.Hint)));
            return null;
        }
    }

    // Who has the authority's key can be any node.
    private static void AddAuthorityKey(
        List<CertificateFinding> findings, string path, bool isNode)
    {
        if (!File.Exists(path))
        {
            return;
        }
        findings.Add(isNode
            ? Bad(CertificateFiles.AuthorityKey, "is the cluster's own key; no node needs it",
                "delete it here and keep it where certs init was run")
            : Bad(CertificateFiles.AuthorityKey, "this is the folder of the authority",
                "give the folder of a node, the one that certs node made"));
    }

    private static void AddAuthority(
        List<CertificateFinding> findings, X509Certificate2 authority, DateTimeOffset now)
    {
        if (!CertificateChecks.IsAuthority(authority))
        {
            findings.Add(Bad(CertificateFiles.AuthorityCertificate,
                "is no authority's certificate", "copy ca.crt of the cluster"));
        }
        findings.Add(Validity(CertificateFiles.AuthorityCertificate, authority, now,
            "make a new authority and new certificates for all nodes: disttrain certs init DIR"));
    }

    private static void AddNode(
        List<CertificateFinding> findings, X509Certificate2 node, DateTimeOffset now)
    {
        findings.Add(Validity(CertificateFiles.NodeCertificate, node, now, Again));
        if (!CertificateChecks.ServesBothWays(node))
        {
            findings.Add(Bad(CertificateFiles.NodeCertificate,
                "is not for TLS servers and clients both", Again));
        }
        string hosts = HostsOf(node);
        findings.Add(NodeSubject.Read(node) is { } subject
            ? Good("node", $"{subject.Name}, may be "
                + string.Join(", ", RoleWords.Of(subject.Roles))
                + (hosts.Length > 0 ? $", reached as {hosts}" : ", dialled by nobody"))
            : Bad("node", $"the subject {node.Subject} names no node and roles", Again));
    }

    private static CertificateFinding Validity(
        string what, X509Certificate2 certificate, DateTimeOffset now, string renew)
    {
        var left = certificate.NotAfter.ToUniversalTime() - now.UtcDateTime;
        if (certificate.NotBefore.ToUniversalTime() > now.UtcDateTime)
        {
            return Bad(what, $"is not valid before {certificate.NotBefore.ToUniversalTime():u}",
                "set this machine's clock");
        }
        string days = $"{Math.Round(Math.Abs(left.TotalDays)):N0} days";
        return left < TimeSpan.Zero
            ? Bad(what, $"has expired {days} ago", renew)
            : left < TimeSpan.FromDays(SoonDays)
                ? new(CertificateVerdict.Note, what, $"expires in {days}", renew)
                : Good(what, $"is valid for {days}");
    }

    private static string HostsOf(X509Certificate2 certificate)
    {
        try
        {
            return string.Join(", ", CertificateChecks.Hosts(certificate));
        }
        catch (CryptographicException)
        {
            return ""; // Not ours; the other findings say so.
        }
    }

    private static CertificateFinding Good(string what, string found) =>
        new(CertificateVerdict.Good, what, found);

    private static CertificateFinding Bad(string what, string found, string fix) =>
        new(CertificateVerdict.Bad, what, found, fix);
}
