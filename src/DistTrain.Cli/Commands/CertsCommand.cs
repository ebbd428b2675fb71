using System.CommandLine;

namespace DistTrain.Cli;

/// <summary>disttrain certs init|node</summary>
internal static class CertsCommand
{
    /// <summary>Where the authority lies if nothing else is said.</summary>
    public const string DefaultFolder = "certs";

    public static Command Create()
    {
        var command = new Command("certs",
            "Makes certificates, so that nodes on several machines know each other.");
        command.Add(CertsInitCommand.Create());
        command.Add(CertsNodeCommand.Create());
        HelpWithExamples.Install(command,
            ["disttrain certs init", "disttrain certs node worker-1 --roles worker"]);
        return command;
    }

    /// <summary>Says which files there are now.</summary>
    public static void ShowWritten(Screen screen, IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            screen.Result($"wrote {path}");
        }
    }
}
