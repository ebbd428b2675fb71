namespace DistTrain.Engine.Tcp;

/// <summary>No certificate was made; every reason is told at once and nothing is written.
/// </summary>
public sealed class CertificateException(IReadOnlyList<CertificateProblem> problems)
    : Exception(string.Join("; ", problems.Select(p => $"{p.Key}: {p.Message}")))
{
    internal CertificateException(string key, string message, string hint)
        : this([new CertificateProblem(key, message, hint)])
    {
    }

    /// <summary>At least one.</summary>
    public IReadOnlyList<CertificateProblem> Problems { get; } = problems;
}
