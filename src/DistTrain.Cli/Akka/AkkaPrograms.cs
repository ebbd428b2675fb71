using System.Reflection;
using DistTrain.Engine.Akka;

namespace DistTrain.Cli;

/// <summary>What the engine on Akka.NET is to the program's commands.</summary>
internal static class AkkaPrograms
{
    /// <summary>Of the package, without the commit that it was built from.</summary>
    public static string Version =>
        typeof(global::Akka.Actor.ActorSystem).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "of unknown version";

    public static IRunner Runner(TrainRequest request, Screen screen, CancellationToken leave) =>
        request.Head is { } place
            ? new AkkaHeadRunner(place, request, screen, leave)
            : new AkkaClusterRunner(request, screen);

    public static string? ProblemOfSettings(string path) => AkkaConfigFile.Problem(path);
}
