using System.Net;
using System.Net.Sockets;
using DistTrain.Engine;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>This process is the head of nodes that others start.</summary>
internal sealed class HeadRunner(HeadPlace place, int servers, Screen screen) : IRunner
{
    /// <summary>Before anything is written: the port must be free.</summary>
    public static void CheckPort(HeadPlace place)
    {
        if (PortCheck.WhyNot(place.Listen) is { } why)
        {
            throw new CommandException(ExitCode.BadUsage,
                $"--listen: cannot listen on {place.Typed}: {why}",
                "end what listens there, or choose another port");
        }
    }

    public RunResult Run(
        PlannedRun planned, RunLog log, IRunObserver observer, CancellationToken stop)
    {
        var lines = new HeadLog(screen, log);
        string token = planned.Folder.Token;
        return TcpHead.Run(
            planned.Task, planned.Options,
            new TcpHeadOptions
            {
                Listen = place.Listen,
                Security = place.Credentials.OfHead(token),
                ParameterServerNodes = servers,
                Compression = planned.Task.Recipe.Compression,
                Listening = at => Tell(lines, at, planned.Options.MinWorkers, token),
                Log = lines,
            },
            observer, stop);
    }

    /// <summary>Where it listens, and the line to start a worker with.</summary>
    private void Tell(HeadLog lines, IPEndPoint at, int workers, string token)
    {
        var there = new HostPort(place.Typed.Host, at.Port);
        lines.Information($"listening on {there}");
        bool isEverywhere =
            at.Address.Equals(IPAddress.Any) || at.Address.Equals(IPAddress.IPv6Any);
        screen.Note($"waiting for {(workers == 1 ? "a worker" : $"{workers} workers")}; "
            + "start each with:");
        screen.Note($"  disttrain worker --head {(isEverywhere ? $"HOST:{at.Port}" : there)}"
            + place.Credentials.OptionForWorkers(token));
    }
}
