namespace DistTrain.Simulation;

/// <summary>A check found what must never be. The run stops there.</summary>
/// <param name="check">The check's name, for tables: "oracle", "liveness", …</param>
/// <param name="what">What it saw.</param>
/// <param name="cause">What a role threw.</param>
public sealed class CheckFailedException(string check, string what, Exception? cause = null)
    : Exception($"{check}: {what}", cause)
{
    /// <summary>The check's name.</summary>
    public string Check { get; } = check;

    /// <summary>What it saw.</summary>
    public string What { get; } = what;
}
