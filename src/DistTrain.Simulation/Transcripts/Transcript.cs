using System.Text;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// Writes a run down, to be read: faults, what engines do, the coordinator's messages, restores,
/// publications of slice 0. With all messages it is for looking for an error.
/// </summary>
internal sealed class Transcript(Scenario scenario, bool isVerbose) : Observer
{
    private const int NodeWidth = 9;

    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    public override void OnHandled(
        long time, RoleHost role, object? message, IReadOnlyList<Effect> effects)
    {
        if (!isVerbose && !IsTold(role, message, effects))
        {
            return;
        }

        string what = message is null ? "tick" : MessageText.Of(message);
        Line(time, role.Process.Node.Id, $"{role.Address} < {what}");
        foreach (Effect effect in effects)
        {
            if (isVerbose || effect is not (Refused or SendToAllWorkers or Report))
            {
                _text.Append(' ', 28).Append(MessageText.Of(effect)).Append('\n');
            }
            else if (effect is Report report)
            {
                _text.Append(' ', 28).Append(MessageText.Of(report)).Append('\n');
            }
        }
    }

    public override void OnWritten(long time, int node, DtmFile file) =>
        Line(time, node, $"disk: checkpoint of step {file.Version}");

    public override void OnHosting(long time, RoleHost role, bool begins) =>
        Line(time, role.Process.Node.Id, $"{role.Address} {(begins ? "begins" : "is gone")}");

    public override void OnFault(long time, Fault fault, bool begins) => Line(
        time, -1, $"{(begins ? "fault" : "over")}: {ScenarioText.Line(fault)}");

    public override void OnEngine(long time, int node, string what) => Line(time, node, what);

    public override void OnEnded(long time, RoleHost coordinator, EndRun end) => Line(
        time, coordinator.Process.Node.Id, $"the run ends: {MessageText.Of(end)}");

    /// <summary>The path of a step is left out: contributions, norms, publications.</summary>
    private static bool IsTold(
        RoleHost role, object? message, IReadOnlyList<Effect> effects)
    {
        if (role is CoordinatorHost)
        {
            return message is not (null or SliceStatus) || effects.Any(e => e is not Refused);
        }

        return message is RestoreSlice or AdoptGeneration or LoadFailed or UpdateFailed
            or TakeSnapshot or KeepBest or RunEnded
            && effects.Any(e => e is not Refused);
    }

    private void Line(long time, int node, string what)
    {
        string name = node < 0 ? "" : scenario.NameOf(node);
        _text.Append(Clock.Text(time).PadLeft(12)).Append("  ")
            .Append(name.PadRight(NodeWidth)).Append("  ").Append(what).Append('\n');
    }
}
