using System.Globalization;

namespace DistTrain.Cli;

/// <summary>What a process is started as.</summary>
internal enum ChildRole
{
    Worker,
    ParameterServer,
}

/// <summary>A process that a head is to start, and start again when it dies.</summary>
/// <param name="Role">What it is.</param>
/// <param name="Index">Which of them, from 0; the head numbers them by itself, as they come.
/// </param>
/// <param name="Threads">It computes with so many.</param>
/// <param name="Isa">Of --isa.</param>
internal sealed record ChildPlan(ChildRole Role, int Index, int Threads, string Isa)
{
    /// <summary>The command, and the beginning of the name.</summary>
    public string RoleName => Role == ChildRole.Worker ? "worker" : "ps";

    public string Name => $"{RoleName}-{Index}";

    public IReadOnlyList<string> Arguments(HostPort head) =>
    [
        RoleName, "--head", head.ToString(), "--name", Name,
        "--threads", Threads.ToString(CultureInfo.InvariantCulture), "--isa", Isa,
        NodeCommandOptions.ManagedOption,
    ];
}
