using System.Globalization;
using System.Text;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// A scenario as a few lines of text, so that a failure can be kept, read and replayed:
/// <code>
/// seed 17
/// plan steps-per-epoch=4 epochs=3 microbatches=13 last=9 validation=5 test=6 checkpoint-every=0
/// plan slices=2 clip=1 best=0 patience=3
/// cluster heads=2 ps=1 workers=3 min=1
/// costs latency=200 jitter=300 microbatch=1000 update=500 disk=20000
/// fault crash after=14 delay=3000 for=800000 nodes=0,3
/// # a comment
/// </code>
/// Times are microseconds. Of a link, <c>nodes</c> send and <c>others</c> receive; a list that is
/// left out means all nodes.
/// </summary>
internal static class ScenarioText
{
    private const int AllNodes = -1;

    public static string Of(Scenario scenario)
    {
        RunPlan plan = scenario.Plan;
        Costs costs = scenario.Costs;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"seed {scenario.Seed}\n")
            .Append(CultureInfo.InvariantCulture, $"plan steps-per-epoch={plan.StepsPerEpoch} ")
            .Append(CultureInfo.InvariantCulture, $"epochs={plan.Epochs} ")
            .Append(CultureInfo.InvariantCulture, $"microbatches={plan.MicrobatchesPerStep} ")
            .Append(CultureInfo.InvariantCulture, $"last={plan.MicrobatchesInLastStep} ")
            .Append(CultureInfo.InvariantCulture, $"validation={plan.ValidationMicrobatches} ")
            .Append(CultureInfo.InvariantCulture, $"test={plan.TestMicrobatches}\n")
            .Append(CultureInfo.InvariantCulture, $"plan slices={plan.Slices} ")
            .Append(CultureInfo.InvariantCulture, $"checkpoint-every={plan.CheckpointEverySteps} ")
            .Append(CultureInfo.InvariantCulture, $"clip={(plan.ClipsGlobalNorm ? 1 : 0)} ")
            .Append(CultureInfo.InvariantCulture, $"best={(plan.RestoresBest ? 1 : 0)} ")
            .Append(CultureInfo.InvariantCulture, $"patience={scenario.Patience}");
        Append(text, "staleness", plan.Staleness);
        text.Append('\n')
            .Append(CultureInfo.InvariantCulture, $"cluster heads={scenario.Heads} ")
            .Append(CultureInfo.InvariantCulture, $"ps={scenario.ParameterServers} ")
            .Append(CultureInfo.InvariantCulture, $"workers={scenario.Workers} ")
            .Append(CultureInfo.InvariantCulture, $"min={scenario.MinWorkers}\n")
            .Append(CultureInfo.InvariantCulture, $"costs latency={costs.LatencyMicros} ")
            .Append(CultureInfo.InvariantCulture, $"jitter={costs.JitterMicros} ")
            .Append(CultureInfo.InvariantCulture, $"microbatch={costs.MicrobatchMicros} ")
            .Append(CultureInfo.InvariantCulture, $"update={costs.UpdateMicros} ")
            .Append(CultureInfo.InvariantCulture, $"disk={costs.DiskMicros}\n");
        foreach (Fault fault in scenario.Faults)
        {
            text.Append("fault ").Append(Line(fault)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A fault without the word "fault".</summary>
    public static string Line(Fault fault)
    {
        var text = new StringBuilder(FaultNames.Of(fault.Kind));
        text.Append(CultureInfo.InvariantCulture, $" after={fault.AfterVersion}")
            .Append(CultureInfo.InvariantCulture, $" delay={fault.DelayMicros}");
        Append(text, "for", fault.ForMicros);
        Append(text, "amount", fault.Amount);
        AppendNodes(text, "nodes", fault.Nodes);
        AppendNodes(text, "others", fault.Others);
        return text.ToString();
    }

    /// <exception cref="FormatException">A line is not understood; names it.</exception>
    public static Scenario Parse(string text) => new ScenarioReader(text).Read();

    private static void Append(StringBuilder text, string name, long value)
    {
        if (value != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {name}={value}");
        }
    }

    private static void AppendNodes(StringBuilder text, string name, int nodes)
    {
        if (nodes != AllNodes)
        {
            text.Append(CultureInfo.InvariantCulture, $" {name}=")
                .AppendJoin(',', Enumerable.Range(0, 31).Where(n => (nodes & (1 << n)) != 0));
        }
    }
}
