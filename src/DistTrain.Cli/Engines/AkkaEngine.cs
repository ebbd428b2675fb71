using System.CommandLine;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>
/// The engine on Akka.NET as the rest of the program sees it, whether this build has it or not: it
/// needs packages that not every registry carries.
/// </summary>
internal static class AkkaEngine
{
    private const string HowToBuild = "build the program with it: dotnet build -c Release "
        + "-p:AkkaEngine=true; or use --engine tcp";

#if AKKA_ENGINE
    /// <summary>It is compiled in.</summary>
    public static bool IsHere => true;

    /// <summary>Of Akka.NET; null: it is not compiled in.</summary>
    public static string? Version => AkkaPrograms.Version;

    /// <summary>A head of the run, with the processes that it starts.</summary>
    public static IRunner Runner(TrainRequest request, Screen screen, CancellationToken leave) =>
        AkkaPrograms.Runner(request, screen, leave);

    /// <summary>A worker or parameter server, to its end.</summary>
    public static int RunNode(
        ParseResult parsed, NodeCommandOptions node, AkkaOptions akka, List<UsageProblem> problems)
        => AkkaNodes.Run(parsed, node, akka, problems);

    /// <returns>What is wrong with a file of settings; null: nothing.</returns>
    public static string? ProblemOfSettings(string path) => AkkaPrograms.ProblemOfSettings(path);
#else
    /// <summary>It is compiled in.</summary>
    public static bool IsHere => false;

    /// <summary>Of Akka.NET; null: it is not compiled in.</summary>
    public static string? Version => null;

    /// <summary>A head of the run, with the processes that it starts.</summary>
    public static IRunner Runner(TrainRequest request, Screen screen, CancellationToken leave) =>
        throw Missing("--engine");

    /// <summary>A worker or parameter server, to its end.</summary>
    public static int RunNode(
        ParseResult parsed, NodeCommandOptions node, AkkaOptions akka, List<UsageProblem> problems)
        => throw Missing("--engine");

    /// <returns>What is wrong with a file of settings; null: nothing.</returns>
    public static string? ProblemOfSettings(string path) => null;
#endif

    /// <summary>Who asks for it without having it is told so, and nothing else: what else is typed
    /// may be right.</summary>
    /// <param name="option">The option or key that asks for it.</param>
    /// <param name="engine">The word that was given.</param>
    /// <exception cref="UsageException">It is asked for and not here.</exception>
    public static void RefuseIfMissing(string option, string? engine)
    {
        if (!IsHere && engine == RecipeNames.Engines.Of(EngineKind.Akka))
        {
            throw Missing(option);
        }
    }

    private static UsageException Missing(string option) =>
        new([new(option, "the engine akka is not compiled into this program", HowToBuild)]);
}
