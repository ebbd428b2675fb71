using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>What a parameter slice hears from other nodes.</summary>
internal static class ParameterServerFormats
{
    public static readonly MessageFormat[] All =
    [
        new MessageFormat<RestoreSlice>(20, Role.Coordinator, 4,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Incarnation);
                w.Write(m.Source);
                w.Write(m.Version);
            },
            (ref r) => new(r.Generation(), r.Whole(), r.Source(), r.Whole())),
        new MessageFormat<AllowSteps>(21, Role.Coordinator, 2,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Version);
            },
            (ref r) => new(r.Generation(), r.Whole())),
        new MessageFormat<HoldSteps>(22, Role.Coordinator, 1,
            (ref w, m) => w.Write(m.Generation),
            (ref r) => new(r.Generation())),
        new MessageFormat<MeetAt>(23, Role.Coordinator, 2,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Version);
            },
            (ref r) => new(r.Generation(), r.Whole())),
        new MessageFormat<SetAssignment>(24, Role.Coordinator, 2,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Assignment);
            },
            (ref r) => new(r.Generation(), r.Assignment())),
        new MessageFormat<TakeSnapshot>(25, Role.Coordinator, 2,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Version);
            },
            (ref r) => new(r.Generation(), r.Whole())),
        new MessageFormat<KeepBest>(26, Role.Coordinator, 2,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Version);
            },
            (ref r) => new(r.Generation(), r.Whole())),
        new MessageFormat<JudgeEpoch>(27, Role.Coordinator, 3,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Evaluation);
                w.Write(m.Version);
            },
            (ref r) => new(r.Generation(), r.Evaluation(), r.Whole())),
        new MessageFormat<AbandonEvaluation>(28, Role.Coordinator, 2,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Evaluation);
            },
            (ref r) => new(r.Generation(), r.Evaluation())),
        new MessageFormat<WorkerWelcomed>(29, Role.Coordinator, 1,
            (ref w, m) => w.Write(m.Worker),
            (ref r) => new(r.Worker())),
        new MessageFormat<Contribution>(30, Role.Worker, 8,
            (ref w, m) =>
            {
                w.Write(m.Run);
                w.Write(m.Step);
                w.Write(m.Node);
                w.Write(m.From);
                w.WriteTensor();
                w.Write(m.Basis.Generation);
                w.Write(m.Basis.Version);
                w.WriteNote();
            },
            (ref r) =>
            {
                var contribution = new Contribution(
                    r.Run(), r.Whole(), r.Node(), r.Worker(), r.Tensor(),
                    new Basis(r.Generation(), r.Whole()));
                r.ReadNote();
                return contribution;
            })
        {
            Tensor = m => m.Gradient,
            Replace = (m, tensor) => m with { Gradient = tensor },
        },
        new MessageFormat<EvaluationContribution>(31, Role.Worker, 8,
            (ref w, m) =>
            {
                w.Write(m.Run);
                w.Write(m.Generation);
                w.Write(m.Evaluation);
                w.Write(m.Set);
                w.Write(m.Version);
                w.Write(m.Node);
                w.Write(m.From);
                w.WriteTensor();
            },
            (ref r) => new(
                r.Run(), r.Generation(), r.Evaluation(), r.Set(), r.Whole(), r.Node(), r.Worker(),
                r.Tensor()))
        {
            Tensor = m => m.Metrics,
            Replace = (m, tensor) => m with { Metrics = tensor },
        },
        new MessageFormat<NormPartials>(32, Role.ParameterServer, 5,
            (ref w, m) =>
            {
                w.Write(m.Run);
                w.Write(m.Generation);
                w.Write(m.Step);
                w.Write(m.From);
                w.WriteTensor();
            },
            (ref r) => new(r.Run(), r.Generation(), r.Whole(), r.Slice(), r.Tensor()))
        {
            Tensor = m => m.Partials,
            Replace = (m, tensor) => m with { Partials = tensor },
        },
        new MessageFormat<ReportStatus>(38, Role.Coordinator, 1,
            (ref w, m) => w.Write(m.Run),
            (ref r) => new(r.Run())),
        new MessageFormat<AdoptGeneration>(39, Role.Coordinator, 2,
            (ref w, m) =>
            {
                w.Write(m.Run);
                w.Write(m.Generation);
            },
            (ref r) => new(r.Run(), r.Generation())),
        new MessageFormat<RequestParameters>(40, Role.Worker, 3,
            (ref w, m) =>
            {
                w.Write(m.Run);
                w.Write(m.Worker);
                w.Write(m.Version);
            },
            (ref r) => new(r.Run(), r.Worker(), r.Whole())),
        new MessageFormat<SnapshotDone>(41, Role.Coordinator, 2,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Version);
            },
            (ref r) => new(r.Generation(), r.Whole())),
        new MessageFormat<RequestNorms>(42, Role.ParameterServer, 4,
            (ref w, m) =>
            {
                w.Write(m.Run);
                w.Write(m.Generation);
                w.Write(m.Step);
                w.Write(m.From);
            },
            (ref r) => new(r.Run(), r.Generation(), r.Whole(), r.Slice())),
    ];
}
