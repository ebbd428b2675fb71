using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>What the coordinator hears from other nodes.</summary>
internal static class CoordinatorFormats
{
    public static readonly MessageFormat[] All =
    [
        new MessageFormat<WorkerFailed>(3, Role.Worker, 3,
            (ref w, m) =>
            {
                w.Write(m.Worker);
                w.Write(m.Step);
                w.Write(m.Cause);
            },
            (ref r) => new(r.Worker(), r.Whole(), r.Text())),
        new MessageFormat<StepCompleted>(5, Role.ParameterServer, 3,
            (ref w, m) =>
            {
                w.Write(m.Generation);
                w.Write(m.Version);
                w.Write(m.Assignment);
            },
            (ref r) => new(r.Generation(), r.Whole(), r.Assignment())),
        new MessageFormat<UpdateRefused>(7, Role.ParameterServer, 5,
            (ref w, m) =>
            {
                w.Write(m.Slice);
                w.Write(m.Generation);
                w.Write(m.Step);
                w.Write(m.Cause);
                w.Write(m.Kind);
            },
            (ref r) => new(r.Slice(), r.Generation(), r.Whole(), r.Text(), r.Failure())),
        new MessageFormat<EvaluationCompleted>(8, Role.ParameterServer, 5,
            (ref w, m) =>
            {
                w.Write(m.Evaluation);
                w.Write(m.Generation);
                w.Write(m.Version);
                w.Write(m.Improved);
                w.Write(m.Stop);
            },
            (ref r) => new(r.Evaluation(), r.Generation(), r.Whole(), r.Flag(), r.Flag())),
        new MessageFormat<EvaluationAbandoned>(9, Role.ParameterServer, 2,
            (ref w, m) =>
            {
                w.Write(m.Evaluation);
                w.Write(m.Generation);
            },
            (ref r) => new(r.Evaluation(), r.Generation())),
        new MessageFormat<SliceStatus>(
            14, Role.ParameterServer, SliceStatusFormat.Fields,
            SliceStatusFormat.Write, SliceStatusFormat.Read),
        new MessageFormat<StepStalled>(15, Role.ParameterServer, 4,
            (ref w, m) =>
            {
                w.Write(m.Slice);
                w.Write(m.Generation);
                w.Write(m.Step);
                w.Write(m.Missing);
            },
            (ref r) => new(r.Slice(), r.Generation(), r.Whole(), r.Nodes())),
        new MessageFormat<WorkerLeaving>(17, Role.Worker, 2,
            (ref w, m) =>
            {
                w.Write(m.Worker);
                w.Write(m.Cause);
            },
            (ref r) => new(r.Worker(), r.Text())),
        new MessageFormat<RestoreFailed>(18, Role.ParameterServer, 3,
            (ref w, m) =>
            {
                w.Write(m.Slice);
                w.Write(m.Generation);
                w.Write(m.Cause);
            },
            (ref r) => new(r.Slice(), r.Generation(), r.Text())),
        new MessageFormat<GenerationHeard>(19, Role.Worker, 2,
            (ref w, m) =>
            {
                w.Write(m.Worker);
                w.Write(m.Generation);
            },
            (ref r) => new(r.Worker(), r.Generation())),
    ];
}
