using System.Globalization;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>Reads what <see cref="ScenarioText"/> writes.</summary>
internal sealed class ScenarioReader(string text)
{
    private const int AllNodes = -1;

    // The highest bit of a mask but its sign.
    private const int MostNode = 30;

    private readonly Dictionary<string, long> _values = [];
    private readonly List<Fault> _faults = [];

    public Scenario Read()
    {
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.Length > 0 && line[0] != '#')
            {
                ReadLine(line);
            }
        }

        _values.Remove("staleness", out long staleness);
        var scenario = new Scenario
        {
            Seed = Of("seed"),
            Plan = new RunPlan(
                Of("steps-per-epoch"), (int)Of("epochs"), (int)Of("microbatches"),
                (int)Of("last"), (int)Of("validation"), (int)Of("test"),
                Of("checkpoint-every"), (int)Of("slices"), Of("clip") != 0, Of("best") != 0,
                (int)staleness),
            Patience = (int)Of("patience"),
            Heads = (int)Of("heads"),
            ParameterServers = (int)Of("ps"),
            Workers = (int)Of("workers"),
            MinWorkers = (int)Of("min"),
            Costs = new Costs
            {
                LatencyMicros = Of("latency"),
                JitterMicros = Of("jitter"),
                MicrobatchMicros = Of("microbatch"),
                UpdateMicros = Of("update"),
                DiskMicros = Of("disk"),
            },
            Faults = _faults,
        };
        return _values.Count == 0
            ? scenario
            : throw new FormatException($"a scenario has no \"{_values.Keys.First()}\"");
    }

    private void ReadLine(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words[0])
        {
            case "seed" when words.Length == 2:
                _values["seed"] = Number(words[1], line);
                break;
            case "plan" or "cluster" or "costs":
                foreach (string word in words.Skip(1))
                {
                    (string name, string value) = Pair(word, line);
                    _values[name] = Number(value, line);
                }

                break;
            case "fault" when words.Length > 1 && FaultNames.TryParse(words[1], out FaultKind kind):
                _faults.Add(FaultOf(kind, words.Skip(2), line));
                break;
            default:
                throw new FormatException($"not a line of a scenario: {line}");
        }
    }

    private static Fault FaultOf(FaultKind kind, IEnumerable<string> words, string line)
    {
        var fault = new Fault(kind, 0, 0, 0, AllNodes, AllNodes, 0);
        foreach (string word in words)
        {
            (string name, string value) = Pair(word, line);
            fault = name switch
            {
                "after" => fault with { AfterVersion = Number(value, line) },
                "delay" => fault with { DelayMicros = Number(value, line) },
                "for" => fault with { ForMicros = Number(value, line) },
                "amount" => fault with { Amount = Number(value, line) },
                "nodes" => fault with { Nodes = NodesOf(value, line) },
                "others" => fault with { Others = NodesOf(value, line) },
                _ => throw new FormatException($"a fault has no \"{name}\": {line}"),
            };
        }

        // Computing takes so many times as long.
        return kind != FaultKind.Slow || fault.Amount >= 1
            ? fault
            : throw new FormatException($"slow needs an amount of 1 or more: {line}");
    }

    private static int NodesOf(string value, string line) =>
        value.Split(',').Aggregate(0, (mask, node) => mask | (1 << NodeOf(node, line)));

    private static int NodeOf(string value, string line) =>
        Number(value, line) is var node and >= 0 and <= MostNode
            ? (int)node
            : throw new FormatException($"nodes are 0 to {MostNode}, not {value}: {line}");

    private static (string Name, string Value) Pair(string word, string line)
    {
        string[] parts = word.Split('=');
        return parts.Length == 2
            ? (parts[0], parts[1])
            : throw new FormatException($"\"{word}\" is not name=value: {line}");
    }

    private static long Number(string value, string line) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
            out long number)
            ? number
            : throw new FormatException($"\"{value}\" is no whole number: {line}");

    private long Of(string name) => _values.Remove(name, out long value)
        ? value
        : throw new FormatException($"the scenario says nothing of \"{name}\"");
}
