using DistTrain.Learning;

namespace DistTrain.Engine.Tcp;

/// <summary>What a node's certificate shall say. As typed: <see cref="Problems"/> judges it.
/// </summary>
public sealed record NodeRequest
{
    /// <summary>The longest that the strictest common verifiers take from a private authority.
    /// </summary>
    public const int DefaultDays = 825;

    /// <summary>Ten years, as long as the authority.</summary>
    public const int MaxDays = 3650;

    /// <summary>Names and addresses of one certificate.</summary>
    public const int MaxHosts = 64;

    /// <summary>The node's name; also that of its folder.</summary>
    public required string Name { get; init; }

    /// <summary>Names and addresses by which it is dialled, beside its name.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Words of <see cref="RoleWords"/>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [.. RoleWords.All];

    /// <summary>How long it is valid, from now.</summary>
    public int Days { get; init; } = DefaultDays;

    internal NodeSubject Subject =>
        new(Name, Roles.Aggregate(CertificateRoles.None, (all, w) => all | RoleWords.Parse(w)));

    /// <summary>All names and addresses, each once.</summary>
    internal IEnumerable<string> AllHosts =>
        (HostName.IsName(Name) ? Hosts.Prepend(Name) : Hosts)
            .Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Everything that is wrong with it.</summary>
    public IEnumerable<CertificateProblem> Problems() =>
        [.. OfName(), .. OfHosts(), .. OfRoles(), .. OfDays()];

    private static bool IsNodeName(string name) =>
        name.Length is > 0 and <= NodeSubject.MaxNameLength
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private IEnumerable<CertificateProblem> OfName()
    {
        if (!IsNodeName(Name))
        {
            yield return new("NAME", $"\"{Name}\" is no name of a node",
                $"1 to {NodeSubject.MaxNameLength} letters, digits, '.', '-' and '_', "
                + "the first a letter or digit: worker-1");
        }
    }

    private IEnumerable<CertificateProblem> OfHosts()
    {
        if (Hosts.Count > MaxHosts)
        {
            yield return new("--hosts", $"{Hosts.Count:N0} are too many",
                $"give at most {MaxHosts}; other machines get certificates of their own");
            yield break;
        }
        foreach (string host in Hosts)
        {
            if (HostName.Problem(host) is { } problem)
            {
                yield return new("--hosts", problem.Message, problem.Hint);
            }
        }
        const CertificateRoles Dialled = CertificateRoles.Head | CertificateRoles.ParameterServer;
        if (IsNodeName(Name) && !AllHosts.Any() && (Subject.Roles & Dialled) != 0)
        {
            yield return new("--hosts", $"{Name} is no host name, and nobody could dial the node",
                "give the names or addresses by which it is reached, or --roles worker");
        }
    }

    private IEnumerable<CertificateProblem> OfRoles()
    {
        if (Roles.Count == 0)
        {
            yield return new("--roles", "names no role", "give head, ps, worker or several");
        }
        foreach (string word in Roles.Where(w => RoleWords.Parse(w) == CertificateRoles.None))
        {
            yield return new("--roles", $"\"{word}\" is no role",
                DidYouMean.Hint(word, RoleWords.All) ?? "choose from head, ps, worker");
        }
    }

    private IEnumerable<CertificateProblem> OfDays()
    {
        if (Days is < 1 or > MaxDays)
        {
            yield return new("--days", $"{Days:N0} is out of range", $"give 1 to {MaxDays}");
        }
    }
}
