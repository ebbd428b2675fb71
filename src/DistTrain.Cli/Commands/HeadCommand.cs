using System.CommandLine;
using System.Net;

namespace DistTrain.Cli;

/// <summary>disttrain head [RECIPE] --listen HOST:PORT</summary>
internal static class HeadCommand
{
    /// <summary>Where a head listens if nothing else is said.</summary>
    public const string DefaultListen = "127.0.0.1:7300";

    public static Command Create()
    {
        var command = new Command("head",
            "Leads a training run whose workers are processes of their own, on this machine or "
            + "on others.");
        var options = new TrainingOptions(command, isHead: true);
        var listen = CommonOptions.Text("--listen", "HOST:PORT",
            $"Where nodes connect (default {DefaultListen})");
        var certs = CredentialOptions.Certificates();
        var tokenFile = CredentialOptions.TokenFile();
        command.Add(listen);
        command.Add(certs);
        command.Add(tokenFile);
        HelpWithExamples.Install(command,
        [
            "disttrain head --out runs/my-run",
            "disttrain head ann-128-32 --listen 0.0.0.0:7300 --certs certs/head --min-workers 3",
            "disttrain head --resume runs/my-run",
        ]);
        command.SetAction(parsed =>
        {
            var problems = new List<UsageProblem>();
            TrainRequest request = options.Read(parsed, isCluster: true, problems);
            var credentials = new Credentials(
                parsed.GetValue(certs), parsed.GetValue(tokenFile));
            credentials.Check(problems);
            HostPort? typed = HostPort.ParseListen(
                "--listen", parsed.GetValue(listen) ?? DefaultListen, problems);
            IPEndPoint? at = typed?.Resolve("--listen", problems);
            if (request.IsAkka)
            {
                credentials = credentials.ForAkka(problems);
                AkkaReach.Check(at, request.Akka.PublicHost, problems);
            }
            UsageException.ThrowIfAny(problems);
            credentials.CheckListening(at!);
            return TrainingSession.Run(
                request with { Head = new HeadPlace(typed!, at!, credentials) },
                options.Screen(parsed));
        });
        return command;
    }
}
