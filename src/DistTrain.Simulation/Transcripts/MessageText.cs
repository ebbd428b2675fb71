using System.Collections;
using System.Reflection;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>A message or effect in one line. Runs, tensors and what has no meaning to a reader
/// are left out.</summary>
internal static class MessageText
{
    public static string Of(object message) => message switch
    {
        SendToCoordinator e => $"to coordinator: {Of(e.Message)}",
        SendToSlice e => $"to slice {e.Slice.Value}: {Of(e.Message)}",
        SendToWorker e => $"to worker {e.Worker.Value}: {Of(e.Message)}",
        SendToAllWorkers e => $"to all workers: {Of(e.Message)}",
        Refused e => $"refused {e.Message}: {e.Why}",
        Report e => $"report: {Of(e.Event)}",
        SliceStatus e => Of(e),
        _ => $"{message.GetType().Name} {string.Join(" ", Parts(message))}".TrimEnd(),
    };

    private static string Of(SliceStatus status)
    {
        string text = $"SliceStatus {Part("", status.Slice)} {Part("", status.Generation)} "
            + $"{status.Condition} version={status.Version} limit={status.Limit}";
        text += status.IsHeld ? " held" : "";
        text += status.BestVersion is { } best ? $" best={best}" : "";
        text += status.SnapshotVersion >= 0 ? $" snapshot={status.SnapshotVersion}" : "";
        return status.Judged is { } judged ? $"{text} judged={judged.Version}" : text;
    }

    private static IEnumerable<string> Parts(object message) =>
        from property in message.GetType().GetProperties(
            BindingFlags.Instance | BindingFlags.Public)
        where property.GetIndexParameters().Length == 0
        let part = property.GetValue(message)
        where part is not null and not RunId and not TensorHandle
            and not IEnumerable<TensorHandle>
            && !(part is Basis basis && IsOfItsStep(message, basis))
        select Part(property.Name, part);

    // Where nothing is stale it says nothing new.
    private static bool IsOfItsStep(object message, Basis basis) =>
        message.GetType().GetProperty("Step")?.GetValue(message) is long step
            && step == basis.Version;

    private static string Part(string name, object part) => part switch
    {
        Generation g => g.Coordinator == 0 ? $"g{g.Value}" : $"g{g.Value}.{g.Coordinator}",
        WorkerId w => $"w{w.Value}",
        SliceId s => $"s{s.Value}",
        EvaluationId e => $"e{e.Value}",
        Assignment a => $"a{a.Number}({Joined(a.Workers)})",
        NodeTensor n => $"{n.Node}",
        TreeNode n => $"{n}",
        Basis b => $"on={b.Version}",
        string s => $"\"{s}\"",
        IEnumerable items => $"({Joined(items)})",
        _ when name.Length == 0 => $"{part}",
        _ => $"{name}={part}",
    };

    private static string Joined(IEnumerable items) =>
        string.Join(" ", items.Cast<object>().Select(item => Part("", item)));
}
