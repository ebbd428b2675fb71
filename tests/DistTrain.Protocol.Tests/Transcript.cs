using System.Collections;
using System.Reflection;
using System.Text;

namespace DistTrain.Protocol.Tests;

/// <summary>
/// Drives one role and writes down what went in ("&gt; …") and what came out, one line each, so
/// that a race reads as a story. The run id and parts without a meaning there are left out.
/// </summary>
internal sealed class Transcript(Action<object, IList<Effect>> handle)
{
    private readonly StringBuilder _text = new();

    public Transcript Say(params object[] messages)
    {
        foreach (object message in messages)
        {
            var effects = new List<Effect>();
            handle(message, effects);
            _text.Append("> ").Append(Line(message)).Append('\n');
            foreach (Effect effect in effects)
            {
                _text.Append("    ").Append(Line(effect)).Append('\n');
            }
        }

        return this;
    }

    /// <summary>Leaves out what was written so far.</summary>
    public Transcript Skip()
    {
        _text.Clear();
        return this;
    }

    public void ShouldRead(string expected) =>
        _text.ToString().TrimEnd().ShouldBe(expected.ReplaceLineEndings("\n"));

    private static string Line(object value) => value switch
    {
        SendToCoordinator e => $"to coordinator: {Line(e.Message)}",
        SendToSlice e => $"to slice {e.Slice.Value}: {Line(e.Message)}",
        SendToWorker e => $"to worker {e.Worker.Value}: {Line(e.Message)}",
        SendToAllWorkers e => $"to all workers: {Line(e.Message)}",
        Refused e => $"refused {e.Message}: {e.Why}",
        Report e => $"report: {Line(e.Event)}",
        SliceStatus e => Line(e),
        int ticks => $"{ticks} ticks",
        _ => $"{value.GetType().Name} {string.Join(" ", Parts(value))}".TrimEnd(),
    };

    private static string Line(SliceStatus e)
    {
        string held = e.IsHeld ? " held" : "";
        string best = e.BestVersion is { } b ? $" best {b}" : "";
        string snapshot = e.SnapshotVersion < 0 ? "" : $" snapshot {e.SnapshotVersion}";
        string judged = e.Judged is { } j ? $" judged {j.Version}" : "";
        return $"SliceStatus s{e.Slice.Value} g{e.Generation.Value} {e.Condition} {e.Version}"
            + $" limit {e.Limit}{held}{best}{snapshot}{judged}";
    }

    private static IEnumerable<string> Parts(object value) =>
        from property in value.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
        let part = property.GetValue(value)
        where part is not null and not RunId and not TensorHandle
            && !(part is Basis basis && IsOfItsStep(value, basis))
        select Short(property.Name, part);

    // Where nothing is stale it says nothing new.
    private static bool IsOfItsStep(object value, Basis basis) =>
        value.GetType().GetProperty("Step")!.GetValue(value) is long step && step == basis.Version;

    private static string Short(string name, object part) => part switch
    {
        Generation g => $"g{g.Value}",
        WorkerId w => $"w{w.Value}",
        SliceId s => $"s{s.Value}",
        EvaluationId e => $"e{e.Value}",
        Assignment a => $"a{a.Number}({Joined(a.Workers)})",
        NodeTensor n => $"{n.Node}",
        TreeNode n => $"{n}",
        Basis b => $"on {b.Version}",
        bool b => $"{name}={b}",
        IEnumerable and not string => $"({Joined((IEnumerable)part)})",
        _ => part.ToString()!,
    };

    private static string Joined(IEnumerable items) =>
        string.Join(" ", items.Cast<object>()
            .Where(item => item is not TensorHandle)
            .Select(item => Short("", item)));
}
