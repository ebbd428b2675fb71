using System.CommandLine;
using System.Net;
using DistTrain.Engine.Tcp;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>disttrain ps --head HOST:PORT --listen HOST:PORT</summary>
internal static class ParameterServerCommand
{
    private const string DefaultListen = "127.0.0.1:0";

    public static Command Create()
    {
        var command = new Command("ps",
            "Holds a part of the parameters for a head that asks for parameter servers.");
        var listen = CommonOptions.Text("--listen", "HOST:PORT",
            $"Where workers connect; port 0: a free one (default {DefaultListen})");
        var advertise = CommonOptions.Text("--advertise", "HOST:PORT",
            "How others reach it (default: where it listens)");
        var options = new NodeCommandOptions(command);
        command.Add(listen);
        command.Add(advertise);
        AkkaOptions akka = AkkaOptions.ForNode(command);
        HelpWithExamples.Install(command,
            [
                "disttrain ps --head 127.0.0.1:7300 --token-file runs/my-run/token",
                "disttrain ps --head head.example:7300 --listen 0.0.0.0:7301 "
                    + "--advertise ps-1.example:7301 --certs certs/ps-1",
            ]);
        command.SetAction(parsed =>
        {
            var problems = new List<UsageProblem>();
            if (options.ReadEngine(parsed) == EngineKind.Akka)
            {
                return AkkaEngine.RunNode(parsed, options, akka, problems);
            }
            akka.RefuseForTcp(parsed, problems, []);
            IPEndPoint? at = HostPort.ParseListen(
                "--listen", parsed.GetValue(listen) ?? DefaultListen, problems)
                ?.Resolve("--listen", problems);
            HostPort? known = parsed.GetValue(advertise) is { } text
                ? HostPort.ParseTarget("--advertise", text, problems)
                : null;
            if (at is not null && parsed.GetValue(advertise) is null && AkkaReach.IsEverywhere(at))
            {
                problems.Add(new("--advertise", $"is missing: nobody can dial {at.Address}",
                    "give HOST:PORT by which workers reach this machine"));
            }
            using NodeLog log = options.OpenLog(parsed);
            TcpNodeOptions node = options.Read(parsed, problems, log) with
            {
                // For whoever started it with port 0.
                Listening = bound => Console.Out.WriteLine($"listening {HostPort.Of(bound)}"),
            };
            node.Security.CheckListening(at!);
            return NodeSession.Run(options.IsManaged(parsed), log,
                stop => TcpParameterServer.Run(node, at!, known?.ToString(), stop));
        });
        return command;
    }
}
