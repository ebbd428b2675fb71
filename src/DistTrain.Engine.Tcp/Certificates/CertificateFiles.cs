namespace DistTrain.Engine.Tcp;

/// <summary>Names and bounds of the PEM files.</summary>
public static class CertificateFiles
{
    /// <summary>The cluster's own authority, in its folder and as a copy in each node's.</summary>
    public const string AuthorityCertificate = "ca.crt";

    /// <summary>Signs nodes; stays where it was made.</summary>
    public const string AuthorityKey = "ca.key";

    /// <summary>One node's certificate.</summary>
    public const string NodeCertificate = "node.crt";

    /// <summary>One node's key.</summary>
    public const string NodeKey = "node.key";

    /// <summary>Ours have 1 KB; a larger file is none of ours and is not read.</summary>
    internal const long MaxBytes = 64 * 1024;
}
