namespace DistTrain.Cli;

/// <summary>What a user said of a cluster on Akka.NET.</summary>
internal sealed record AkkaChoices
{
    /// <summary>Options that were typed: other engines know nothing of them.</summary>
    public IReadOnlyList<string> Given { get; init; } = [];

    /// <summary>1, or 3 and more, an odd number.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>Whom to ask to be let in; none founds a cluster.</summary>
    public IReadOnlyList<HostPort> Seeds { get; init; } = [];

    /// <summary>What others dial; null: where it listens.</summary>
    public string? PublicHost { get; init; }

    /// <summary>HOCON over what is shipped, or null.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>In logs; null: the machine's name.</summary>
    public string? Name { get; init; }

    /// <summary>Refuses them where another engine is meant.</summary>
    public void RefuseFor(string engine, ICollection<UsageProblem> problems)
    {
        foreach (string option in Given)
        {
            problems.Add(new(option, $"is of the engine akka, and this is {engine}",
                "add --engine akka, or leave it out"));
        }
    }
}
