using System.Runtime.InteropServices;

namespace DistTrain.Benchmarks.Compare;

/// <summary>What the system calls its processor.</summary>
internal static class MachineName
{
    private const string LinuxFile = "/proc/cpuinfo";

    public static string Processor { get; } =
        OfLinux()
        ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string? OfLinux()
    {
        if (!File.Exists(LinuxFile))
            return null;
        string? line = File.ReadLines(LinuxFile)
            .FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal));
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
