using System.Globalization;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>Which processes a cluster on Akka.NET has beside its first head, and what each is told.
/// </summary>
/// <param name="planned">The run, as the first head knows it.</param>
/// <param name="heads">All of them, the first one too.</param>
/// <param name="servers">Parameter servers.</param>
/// <param name="configFile">Settings over those shipped, or null.</param>
internal sealed class AkkaClusterPlan(
    PlannedRun planned, int heads, int servers, string? configFile)
{
    public IReadOnlyList<ChildPlan> Nodes()
    {
        string isa = ClusterRunner.IsaOf(planned);
        int threads = ClusterRunner.ThreadsOf(planned);
        string[] engine = ["--engine", RecipeNames.Engines.Of(EngineKind.Akka), .. Settings];
        return
        [
            // The first one is this process, head-0.
            .. Enumerable.Range(1, heads - 1).Select(
                i => new ChildPlan(ChildRole.Head, i, [.. HeadOptions(i), .. engine])),
            .. Enumerable.Range(0, servers).Select(
                i => ChildPlan.Node(ChildRole.ParameterServer, i, 1, isa, engine)),
            .. Enumerable.Range(0, planned.Options.Workers).Select(
                i => ChildPlan.Node(ChildRole.Worker, i, threads, isa, engine)),
        ];
    }

    private IEnumerable<string> Settings =>
        configFile is null ? [] : ["--akka-config", configFile];

    /// <summary>The recipe as the first head resolved it, every choice made, and a folder of its
    /// own.</summary>
    private IEnumerable<string> HeadOptions(int index)
    {
        string name = new ChildPlan(ChildRole.Head, index, []).Name;
        yield return planned.Folder.Recipe;
        foreach ((string option, string value) in ((string, string)[])
            [
                ("--heads", Text(heads)),
                ("--listen", "127.0.0.1:0"),
                ("--out", Path.Combine(planned.Folder.Nodes, name)),
                ("--workers", Text(planned.Options.Workers)),
                ("--threads", Text(planned.Options.Threads)),
                ("--parameter-server-nodes", Text(servers)),
            ])
        {
            yield return option;
            yield return value;
        }
        if (planned.Options.ParameterServers is { } slices)
        {
            yield return "--parameter-servers";
            yield return Text(slices);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
