using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>What a worker hears from other nodes.</summary>
internal static class WorkerFormats
{
    public static readonly MessageFormat[] All =
    [
        new MessageFormat<ParametersPublished>(50, Role.ParameterServer, 6,
            (ref w, m) =>
            {
                w.Write(m.Run);
                w.Write(m.Generation);
                w.Write(m.Slice);
                w.Write(m.Version);
                w.WriteTensor();
                w.Write(m.Assignment);
            },
            (ref r) => new(
                r.Run(), r.Generation(), r.Slice(), r.Whole(), r.Tensor(), r.OptionalAssignment()))
        {
            Tensor = m => m.Parameters,
            Replace = (m, tensor) => m with { Parameters = tensor },
        },
        new MessageFormat<Recompute>(51, Role.Coordinator, 3,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Step);
                w.Write(m.Nodes);
            },
            (ref r) => new(r.Generation(), r.Whole(), r.Nodes())),
        new MessageFormat<Evaluate>(52, Role.Coordinator, 5,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Evaluation);
                w.Write(m.Set);
                w.Write(m.Version);
                w.Write(m.Nodes);
            },
            (ref r) => new(r.Generation(), r.Evaluation(), r.Set(), r.Whole(), r.Nodes())),
        new MessageFormat<RunEnded>(55, Role.Coordinator, 2,
            (ref w, m) =>
            {
                w.Write(m.Run);
                w.Write(m.Generation);
            },
            (ref r) => new(r.Run(), r.Generation())),
        new MessageFormat<LeaveGranted>(56, Role.Coordinator, 1,
            (ref w, m) => w.Write(m.Run),
            (ref r) => new(r.Run())),
    ];
}
