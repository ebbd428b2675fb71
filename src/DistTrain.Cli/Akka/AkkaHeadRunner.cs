using DistTrain.Engine;
using DistTrain.Engine.Akka;
using DistTrain.Learning;

namespace DistTrain.Cli;

/// <summary>This process is a head of a cluster on Akka.NET whose other nodes others start.
/// </summary>
/// <param name="place">Where it listens.</param>
/// <param name="request">What its user asked for.</param>
/// <param name="screen">For people.</param>
/// <param name="leave">Cancelled: it leaves, and the run goes on with the other heads.</param>
internal sealed class AkkaHeadRunner(
    HeadPlace place, TrainRequest request, Screen screen, CancellationToken leave) : IRunner
{
    public RunResult Run(
        PlannedRun planned, RunLog log, IRunObserver observer, CancellationToken stop)
    {
        var lines = new HeadLog(screen, log);
        AkkaChoices akka = request.Akka;
        return AkkaHead.Run(
            planned.Task, planned.Options,
            new AkkaHeadOptions
            {
                Host = place.Typed.Host,
                Port = place.Typed.Port,
                PublicHost = akka.PublicHost,
                Seeds = [.. akka.Seeds.Select(seed => seed.ToString())],
                Security = AkkaCertificates.Of(place.Credentials),
                Name = akka.Name ?? Environment.MachineName,
                Threads = planned.Options.Threads,
                Isa = planned.Options.Isa,
                Data = DataFolders.FromEnvironment(),
                ConfigFile = akka.ConfigFile,
                Heads = akka.Heads,
                ParameterServerNodes = request.ParameterServerNodes,
                Compression = planned.Task.Recipe.Compression,
                Leave = leave,
                Started = at => Tell(lines, at, planned.Options.MinWorkers),
                Log = lines,
            },
            observer, stop);
    }

    /// <summary>Where it listens, and the lines to start others with.</summary>
    private void Tell(HeadLog lines, string at, int workers)
    {
        lines.Information($"listening on {at}");
        if (request.IsManaged)
        {
            // For the head that started it with port 0.
            Console.Out.WriteLine($"listening {at}");
            return;
        }
        string certificates = place.Credentials.Certificates is null ? "" : " --certs DIR";
        if (request.Akka is { Heads: > 1 and var heads, Seeds.Count: 0 })
        {
            screen.Note($"waiting for {heads - 1} more heads; start each with this recipe and:");
            screen.Note($"  disttrain head RECIPE --engine akka --heads {heads} --seed-nodes {at}"
                + $" --listen HOST:PORT{certificates}");
        }
        screen.Note($"waiting for {(workers == 1 ? "a worker" : $"{workers} workers")}; "
            + "start each with:");
        screen.Note($"  disttrain worker --engine akka --head {at}{certificates}");
    }
}
