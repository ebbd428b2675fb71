using System.CommandLine;
using System.Globalization;
using DistTrain.Simulation;

namespace DistTrain.Cli;

/// <summary>The options of <c>simulate --scaling</c>.</summary>
internal sealed class ScalingOptions
{
    /// <summary>What <c>--cost</c> may set.</summary>
    private static readonly (string Name, Func<ScalingInputs, double, ScalingInputs> Set)[] Costs =
    [
        ("sample", (inputs, micros) => OfNetworks(
            inputs, network => network with { SampleNanos = 1000 * micros })),
        ("update", (inputs, nanos) => OfNetworks(
            inputs, network => network with { UpdateNanos = nanos })),
        ("combine", (inputs, nanos) => inputs with { CombineNanos = nanos }),
        ("message", (inputs, micros) => inputs with { MessageMicros = micros }),
        ("latency", (inputs, micros) => inputs with { LatencyMicros = micros }),
        ("wake", (inputs, micros) => inputs with { WakeMicros = micros }),
    ];

    private readonly Option<bool> _scaling = new("--scaling")
    {
        Description = "Without faults: how fast clusters of up to 1,024 workers would train, and "
            + "what bounds them, by a cost model",
    };

    private readonly Option<string[]> _networks = new("--network")
    {
        HelpName = "NAME",
        Description = "With --scaling: only this network; may be repeated, like those below",
    };

    private readonly Option<double[]> _bandwidths = new("--bandwidth")
    {
        HelpName = "G",
        Description = "With --scaling: Gbit/s of each machine, each way",
    };

    private readonly Option<int[]> _servers = new("--parameter-servers")
    {
        HelpName = "N",
        Description = "With --scaling: parameter servers, each on a machine of its own",
    };

    private readonly Option<int[]> _workers = new("--workers")
    {
        HelpName = "N",
        Description = "With --scaling: workers, one thread and one machine each",
    };

    private readonly Option<string[]> _costs = new("--cost")
    {
        HelpName = "NAME=X",
        Description = "With --scaling: sample, latency, message, wake (microseconds), update, "
            + "combine (nanoseconds a parameter)",
    };

    public ScalingOptions(Command command)
    {
        foreach (Option option in (Option[])
            [_scaling, _networks, _bandwidths, _servers, _workers, _costs])
        {
            command.Add(option);
        }
    }

    public bool AreChosen(ParseResult parsed) => parsed.GetValue(_scaling);

    /// <summary>Options given that mean something with --scaling alone.</summary>
    public IEnumerable<string> WithoutScaling(ParseResult parsed) =>
        from option in (Option[])[_networks, _bandwidths, _servers, _workers, _costs]
        where parsed.GetResult(option) is not null
        select option.Name;

    /// <exception cref="CommandException">Every problem that there is.</exception>
    public ScalingInputs Read(ParseResult parsed)
    {
        var problems = new List<string>();
        var inputs = new ScalingInputs();
        inputs = inputs with
        {
            Networks = Given(parsed.GetValue(_networks), inputs.Networks, NetworkOf),
            BandwidthsGbits = InRange(_bandwidths, inputs.BandwidthsGbits, 0.001, 1_000_000),
            ParameterServers = InRange(_servers, inputs.ParameterServers, 1, 1024),
            Workers = InRange(_workers, inputs.Workers, 1, 4096),
        };
        foreach (string cost in parsed.GetValue(_costs) ?? [])
        {
            inputs = WithCost(inputs, cost, problems);
        }

        return problems.Count == 0 ? inputs : throw new CommandException(
            ExitCode.BadUsage, string.Join("; ", problems));

        ScalingNetwork NetworkOf(string name)
        {
            ScalingNetwork? network = ScalingNetwork.All.FirstOrDefault(n => n.Name == name);
            if (network is null)
            {
                problems.Add($"--network {name}: there are "
                    + string.Join(", ", ScalingNetwork.All.Select(n => n.Name)));
            }

            return network ?? ScalingNetwork.All[0];
        }

        IReadOnlyList<T> InRange<T>(Option<T[]> option, IReadOnlyList<T> all, T least, T most)
            where T : IComparable<T> => Given(parsed.GetValue(option), all, value =>
            {
                if (!(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0))
                {
                    problems.Add($"{option.Name} {value}: give {least} … {most}");
                }

                return value;
            });
    }

    private static IReadOnlyList<TResult> Given<T, TResult>(
        T[]? given, IReadOnlyList<TResult> all, Func<T, TResult> read) =>
        given is { Length: > 0 } ? [.. given.Select(read)] : all;

    // Of any unit: a second, where the unit is a microsecond.
    private const double MostCost = 1e6;

    private static ScalingInputs WithCost(
        ScalingInputs inputs, string cost, List<string> problems)
    {
        string[] parts = cost.Split('=', 2);
        var setting = Costs.FirstOrDefault(c => c.Name == parts[0]);
        bool isNumber = double.TryParse(
            parts[^1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && value is >= 0 and <= MostCost;
        if (setting.Set is not null && parts.Length == 2 && isNumber)
        {
            return setting.Set(inputs, value);
        }

        problems.Add($"--cost {cost}: give NAME=X with X of 0 … {MostCost:N0} and a name of "
            + string.Join(", ", Costs.Select(c => c.Name)));
        return inputs;
    }

    private static ScalingInputs OfNetworks(
        ScalingInputs inputs, Func<ScalingNetwork, ScalingNetwork> change) =>
        inputs with { Networks = [.. inputs.Networks.Select(change)] };
}
