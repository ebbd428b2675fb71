using System.Diagnostics;

namespace DistTrain.Wire.Tests;

/// <summary>A MessagePack implementation that is not ours: Python's, where it is installed (on
/// Debian the package python3-msgpack).</summary>
internal static class Python
{
    private static readonly Lazy<string?> Found = new(() =>
        new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(
            program => TryRun(program, "import msgpack", "", out _)));

    public static string Program
    {
        get
        {
            Skip.If(Found.Value is null, "no python3 with the module msgpack on this machine");
            return Found.Value!;
        }
    }

    /// <summary>Runs a script with lines of input; gives its lines of output.</summary>
    public static string[] Run(string script, IEnumerable<string> lines)
    {
        TryRun(Program, script, string.Join('\n', lines), out string output).ShouldBeTrue(output);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool TryRun(string program, string script, string input, out string output)
    {
        var start = new ProcessStartInfo(program, ["-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> text = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            process.WaitForExit();
            output = process.ExitCode == 0 ? text.Result : errors.Result;
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            output = e.Message;
            return false;
        }
    }
}
