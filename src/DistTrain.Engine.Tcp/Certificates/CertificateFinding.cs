namespace DistTrain.Engine.Tcp;

/// <summary>How grave a finding is.</summary>
public enum CertificateVerdict
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Works today; worth knowing.</summary>
    Note,

    /// <summary>A node with this folder is refused, or should be.</summary>
    Bad,
}

/// <summary>One line about a folder of certificates.</summary>
/// <param name="Verdict">How grave it is.</param>
/// <param name="What">The file or matter.</param>
/// <param name="Found">What it is like.</param>
/// <param name="Fix">How to put it right; empty where there is nothing to do.</param>
public sealed record CertificateFinding(
    CertificateVerdict Verdict, string What, string Found, string Fix = "");
