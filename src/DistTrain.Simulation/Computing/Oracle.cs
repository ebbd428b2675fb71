using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// What a run must give: training as a plain loop, without roles, messages or faults. It keeps
/// the hash of every version, so that a wrong bit is found in the step where it was made.
/// </summary>
internal sealed class Oracle
{
    private readonly List<long[]> _parameters = [];
    private readonly List<long[]> _open = [];
    private readonly Dictionary<long, long[]> _judged = [];
    private readonly Dictionary<(EvaluationSet, long), Verdict> _verdicts = [];

    private Oracle()
    {
    }

    /// <summary>The version that the run ends with.</summary>
    public long FinalVersion { get; private set; }

    /// <summary>Of all slices' parameters at the end.</summary>
    public long FinalHash { get; private set; }

    /// <summary>Steps until the end, before the best is restored.</summary>
    public long Steps => _parameters.Count - 1;

    public static Oracle Run(RunPlan plan, IComputation computation)
    {
        var oracle = new Oracle();
        ISliceState[] slices = [.. Enumerable.Range(0, plan.Slices).Select(computation.NewSlice)];
        foreach (ISliceState slice in slices)
        {
            slice.LoadInitial();
        }

        oracle.Note(slices);
        bool stops = false;
        for (long step = 0; step < plan.TotalSteps && !stops; step++)
        {
            Step(plan, computation, slices, step);
            oracle.Note(slices);
            stops = plan.IsEpochEnd(step + 1) && oracle.Judge(plan, computation, slices, step + 1);
        }

        oracle.Finish(plan, computation, slices);
        return oracle;
    }

    /// <summary>Hash of a slice's parameters; null: no such version.</summary>
    public long? ParametersOf(long version, int slice) =>
        version < 0 || version >= _parameters.Count ? null : _parameters[(int)version][slice];

    /// <summary>Whether these copies, one a slice, are the run at a version: either all of them
    /// before its epoch was judged or all after.</summary>
    public bool IsState(long version, IReadOnlyList<SliceCopy> copies) =>
        version >= 0 && version < _open.Count
        && (Matches(_open[(int)version], copies)
            || (_judged.TryGetValue(version, out long[]? judged) && Matches(judged, copies)));

    public Verdict? VerdictOf(EvaluationSet set, long version) =>
        _verdicts.TryGetValue((set, version), out Verdict verdict) ? verdict : null;

    private static bool Matches(long[] hashes, IReadOnlyList<SliceCopy> copies)
    {
        for (int i = 0; i < hashes.Length; i++)
        {
            if (copies[i].Hash != hashes[i])
            {
                return false;
            }
        }

        return copies.Count == hashes.Length;
    }

    private static void Step(
        RunPlan plan, IComputation computation, ISliceState[] slices, long step)
    {
        var root = new TreeNode(0, plan.MicrobatchesOf(step));
        ImmutableArray<TensorHandle> gradient =
            computation.Gradient(step, root, [.. slices.Select(s => s.Parameters)]);
        ImmutableArray<NodeTensor>[] nodes =
            [.. gradient.Select(g => ImmutableArray.Create(new NodeTensor(root, g)))];
        ImmutableArray<TensorHandle> partials = plan.ClipsGlobalNorm
            ? [.. slices.Select((s, i) => s.Partials(step, nodes[i]))]
            : [];
        for (int i = 0; i < slices.Length; i++)
        {
            slices[i].Apply(step, nodes[i], partials);
        }
    }

    private bool Judge(
        RunPlan plan, IComputation computation, ISliceState[] slices, long version)
    {
        Verdict verdict = Evaluate(plan, computation, slices, EvaluationSet.Validation, version);
        if (verdict.Improved && plan.RestoresBest)
        {
            foreach (ISliceState slice in slices)
            {
                slice.KeepBest();
            }
        }

        _judged[version] = [.. slices.Select(s => s.Copy().Hash)];
        return verdict.Stop;
    }

    private Verdict Evaluate(
        RunPlan plan, IComputation computation, ISliceState[] slices, EvaluationSet set,
        long version)
    {
        int microbatches = plan.MicrobatchesOf(set);
        var root = new TreeNode(0, microbatches);
        ImmutableArray<NodeTensor> nodes = microbatches == 0
            ? []
            : [new NodeTensor(root, computation.Metrics(
                set, version, root, [.. slices.Select(s => s.Parameters)]))];
        Verdict verdict = slices[0].Reduce(set, nodes);
        _verdicts[(set, version)] = verdict;
        return verdict;
    }

    private void Note(ISliceState[] slices)
    {
        SliceCopy[] copies = [.. slices.Select(s => s.Copy())];
        _parameters.Add([.. copies.Select(c => c.ParametersHash)]);
        _open.Add([.. copies.Select(c => c.Hash)]);
    }

    private void Finish(RunPlan plan, IComputation computation, ISliceState[] slices)
    {
        if (plan.RestoresBest && slices[0].Copy().BestVersion is long best)
        {
            foreach (ISliceState slice in slices)
            {
                slice.TryLoadBest(best);
            }
        }

        FinalVersion = slices[0].Version;
        FinalHash = Symbol.Of([.. slices.Select(s => s.Copy().ParametersHash)]);
        if (plan.TestMicrobatches > 0)
        {
            Evaluate(plan, computation, slices, EvaluationSet.Test, FinalVersion);
        }
    }
}
