using System.Diagnostics;
using System.Reflection;

namespace DistTrain.Cli.Tests;

/// <summary>What a run of the program gave.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Error);

/// <summary>The built program, run as a user's shell runs it.</summary>
internal static class DistTrainProcess
{
    /// <summary>No command here takes seconds; one that hangs must not hang the tests.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly string Program = typeof(DistTrainProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "ProgramPath").Value!;

    /// <summary>Runs to the end in a folder of the caller's.</summary>
    public static ProcessResult Run(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"disttrain {string.Join(' ', arguments)} did not end");
        }
        return new ProcessResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts it and leaves it to the caller.</summary>
    public static Process Start(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Program);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        // A data folder or a colour setting of the developer's must not reach the test.
        start.Environment.Remove("DISTTRAIN_DATA");
        start.Environment["HOME"] = folder;
        start.Environment["NO_COLOR"] = "1";
        return Process.Start(start)!;
    }
}
