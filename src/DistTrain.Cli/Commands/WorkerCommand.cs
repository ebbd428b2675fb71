using System.CommandLine;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>disttrain worker --head HOST:PORT</summary>
internal static class WorkerCommand
{
    public static Command Create()
    {
        var command = new Command("worker",
            "Computes for a head, which tells it all it needs; may come and go at any time.");
        var options = new NodeCommandOptions(command);
        HelpWithExamples.Install(command,
            [
                "disttrain worker --head 127.0.0.1:7300 --token-file runs/my-run/token",
                "disttrain worker --head head.example:7300 --certs certs/worker-1",
            ]);
        command.SetAction(parsed =>
        {
            using NodeLog log = options.OpenLog(parsed);
            TcpNodeOptions node = options.Read(parsed, [], log);
            return NodeSession.Run(
                options.IsManaged(parsed), log, stop => TcpWorker.Run(node, stop));
        });
        return command;
    }
}
