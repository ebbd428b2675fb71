using System.CommandLine;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>disttrain certs init [DIR]</summary>
internal static class CertsInitCommand
{
    public static Command Create()
    {
        var command = new Command("init",
            "Makes the certificate authority that all nodes of a cluster believe.");
        var folder = new Argument<string>("DIR")
        {
            Description = $"Folder for it (default {CertsCommand.DefaultFolder})",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var verbose = CommonOptions.Verbose();
        command.Add(folder);
        command.Add(verbose);
        HelpWithExamples.Install(command,
            ["disttrain certs init", "disttrain certs init path/to/certs"]);
        command.SetAction(parsed =>
        {
            var screen = CommonOptions.Screen(parsed, verbose: verbose);
            string directory = parsed.GetValue(folder) ?? CertsCommand.DefaultFolder;
            if (directory.Length == 0)
            {
                throw new CommandException(ExitCode.BadUsage,
                    "DIR: is empty", "name a folder, or leave it out");
            }
            var now = DateTimeOffset.UtcNow;
            var written = ClusterAuthority.Create(directory, now);
            using var authority = ClusterAuthority.Load(directory, now);
            CertsCommand.ShowWritten(screen, written);
            screen.Result($"{authority.Name}, valid until {authority.NotAfter:yyyy-MM-dd}; "
                + $"who has {CertificateFiles.AuthorityKey} can be any node: it stays here");
            string option = directory == CertsCommand.DefaultFolder ? "" : $" --ca {directory}";
            screen.Result($"next: disttrain certs node NAME --hosts NAMES{option}");
            return ExitCode.Done;
        });
        return command;
    }
}
