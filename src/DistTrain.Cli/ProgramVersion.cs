using System.Reflection;

namespace DistTrain.Cli;

/// <summary>The version of this program, as --version says it.</summary>
internal static class ProgramVersion
{
    public static string Text { get; } = typeof(ProgramVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
