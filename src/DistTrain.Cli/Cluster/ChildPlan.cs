using System.Globalization;

namespace DistTrain.Cli;

/// <summary>What a process is started as.</summary>
internal enum ChildRole
{
    Head,
    ParameterServer,
    Worker,
}

/// <summary>A process that a head is to start, and start again when it dies.</summary>
/// <param name="Role">What it is.</param>
/// <param name="Index">Which of them, from 0; the head numbers them by itself, as they come.
/// </param>
/// <param name="Options">What its command is given beside the name and where the head is.</param>
internal sealed record ChildPlan(ChildRole Role, int Index, IReadOnlyList<string> Options)
{
    /// <summary>The command, and the beginning of the name.</summary>
    public string RoleName => Role switch
    {
        ChildRole.Head => "head",
        ChildRole.ParameterServer => "ps",
        _ => "worker",
    };

    public string Name => $"{RoleName}-{Index}";

    /// <summary>A worker or parameter server that computes with so many threads.</summary>
    /// <param name="role">Of the two.</param>
    /// <param name="index">Which.</param>
    /// <param name="threads">At least 1.</param>
    /// <param name="isa">Of --isa.</param>
    /// <param name="more">Other options.</param>
    public static ChildPlan Node(
        ChildRole role, int index, int threads, string isa, params IEnumerable<string> more) =>
        new(role, index,
            ["--threads", threads.ToString(CultureInfo.InvariantCulture), "--isa", isa, .. more]);

    public IReadOnlyList<string> Arguments(HostPort head) =>
    [
        RoleName, Role == ChildRole.Head ? "--seed-nodes" : "--head", head.ToString(),
        "--name", Name, .. Options, NodeCommandOptions.ManagedOption,
    ];
}
