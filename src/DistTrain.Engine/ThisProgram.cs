namespace DistTrain.Engine;

/// <summary>What this build calls itself in the files that it writes.</summary>
internal static class ThisProgram
{
    public static string Version { get; } =
        typeof(ThisProgram).Assembly.GetName().Version?.ToString(3) ?? "unknown";
}
