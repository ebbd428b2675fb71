using System.CommandLine;
using DistTrain.Engine.Tcp;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>disttrain worker --head HOST:PORT</summary>
internal static class WorkerCommand
{
    public static Command Create()
    {
        var command = new Command("worker",
            "Computes for a head, which tells it all it needs; may come and go at any time.");
        var options = new NodeCommandOptions(command);
        var listen = CommonOptions.Text("--listen", "HOST:PORT",
            "Where other nodes reach it (engine akka; port 0: a free one; default 127.0.0.1:0)");
        listen.Hidden = !AkkaEngine.IsHere;
        command.Add(listen);
        AkkaOptions akka = AkkaOptions.ForNode(command);
        HelpWithExamples.Install(command,
            [
                "disttrain worker --head 127.0.0.1:7300 --token-file runs/my-run/token",
                "disttrain worker --head head.example:7300 --certs certs/worker-1",
            ]);
        command.SetAction(parsed =>
        {
            var problems = new List<UsageProblem>();
            if (options.ReadEngine(parsed) == EngineKind.Akka)
            {
                return AkkaEngine.RunNode(parsed, options, akka, problems);
            }
            akka.RefuseForTcp(parsed, problems, [listen]);
            using NodeLog log = options.OpenLog(parsed);
            TcpNodeOptions node = options.Read(parsed, problems, log);
            return NodeSession.Run(
                options.IsManaged(parsed), log, stop => TcpWorker.Run(node, stop));
        });
        return command;
    }
}
