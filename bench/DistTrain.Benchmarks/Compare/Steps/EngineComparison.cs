using DistTrain.Learning;

namespace DistTrain.Benchmarks.Compare;

/// <summary>What actors and messages cost: the engine on one thread beside the bare loop.</summary>
internal sealed class EngineComparison(CompareOptions options, MachineWatch watch)
{
    /// <summary>The smallest networks, where a message weighs most.</summary>
    private const int Networks = 2;

    private readonly List<(Network Network, Cell Bare, Cell Engine)> _rows = [];

    public void Measure(Action<string> progress)
    {
        DataSplit data = StepData.Dense();
        double seconds = options.SampleSeconds;
        foreach (Network network in Network.All.Take(Networks))
        {
            progress($"{network.Name}: bare loop, engine");
            Cell bare = new(
                watch, "bare loop", 1,
                round => BareLoop.Sample(network.TaskOn(data, round), seconds));
            Cell engine = new(
                watch, "engine", 1,
                round => EngineLoop.Sample(network.TaskOn(data, round), threads: 1, seconds));
            RoundRobin.Run([bare, engine], options.Rounds, watch, settles: true);
            _rows.Add((network, bare, engine));
        }
    }

    public string Report()
    {
        MarkdownTable table = new(
            "network", "batch", "bare loop", "engine", "engine ÷ bare loop",
            "counted / dropped: bare loop, engine");
        foreach ((Network network, Cell bare, Cell engine) in _rows)
        {
            table.Add(
                network.Name, $"{network.BatchSize}", Figures.Microseconds(bare.Value),
                Figures.Microseconds(engine.Value), Figures.Ratio(engine.Value / bare.Value),
                Figures.Counts(bare, engine));
        }

        return "## The engine with 1 worker on 1 thread beside the bare loop, dense data, µs a "
            + $"step\n\n{table}";
    }
}
