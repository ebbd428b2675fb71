using System.Collections.Immutable;

namespace DistTrain.Protocol.Tests;

/// <summary>One slice's state, as far as the protocol can change it.</summary>
internal sealed record SliceState(long Version, long Parameters, long Best, long? BestVersion);

/// <summary>A checkpoint: all slices at one version, and what was judged by then.</summary>
internal sealed record SavedRun(
    long Version, ImmutableArray<SliceState> Slices,
    ImmutableList<(long Version, bool Stop)> Judged);

/// <summary>The checkpoints on disk.</summary>
internal sealed class Disk
{
    public SortedDictionary<long, SavedRun> Saved { get; } = [];

    public CoordinatorOptions ToOptions()
    {
        if (Saved.Count == 0)
        {
            return new CoordinatorOptions();
        }

        SavedRun newest = Saved.Values.Last();
        (long Version, bool Stop)? last = newest.Judged.IsEmpty ? null : newest.Judged[^1];
        return new CoordinatorOptions
        {
            Source = RestoreSource.Checkpoint,
            Version = newest.Version,
            BestVersion = newest.Slices[0].BestVersion,
            Verdict = last?.Version != newest.Version ? EpochVerdict.Open
                : last.Value.Stop ? EpochVerdict.Stop
                : EpochVerdict.Continue,
        };
    }
}

/// <summary>
/// What an engine does for the roles, on symbols, and the checks that no role makes for itself:
/// parts cover the root exactly, slices stay within one version, a checkpoint is of one version.
/// </summary>
internal sealed class TestEngine(
    RunPlan plan, Judge judge, Disk disk, Action<Address, Address, object> post)
{
    private readonly Dictionary<long, SliceState?[]> _copies = [];
    private ImmutableList<(long Version, bool Stop)> _judged = [];
    private ImmutableList<(long, bool)> _judgedAtCopy = [];

    public SliceState[] States { get; } = new SliceState[plan.Slices];

    /// <summary>Whether computing for this step throws on this worker.</summary>
    public Func<long, int, bool> Throws { get; set; } = (_, _) => false;

    /// <summary>Whether the update of this step gives NaN.</summary>
    public Func<long, bool> IsNotFinite { get; set; } = _ => false;

    /// <summary>Whether the disk is full when this version is to be written.</summary>
    public Func<long, bool> DiskIsFull { get; set; } = _ => false;

    public List<(EvaluationSet Set, long Version, long Metrics)> Evaluations { get; } = [];

    public void Execute(Address by, Effect effect)
    {
        switch (effect)
        {
            case ComputeGradient e: Compute(by, e); break;
            case ComputeEvaluation e:
                post(by, by, new EvaluationComputed(
                    e.Evaluation, e.Set, e.Version, e.Node,
                    new(Metrics(e.Node, e.Set, e.Version, e.Parameters.Select(p => p.Value)))));
                break;
            case LoadState e: Load(by, e); break;
            case CombineGradient e:
                long root = Symbol.Combine(plan.MicrobatchesOf(e.Step), e.Nodes);
                post(by, by, new GradientCombined(
                    e.Generation, e.Step, new(Symbol.Partials(by.Id, root))));
                break;
            case ApplyUpdate e: Apply(by, e); break;
            case ReduceEvaluation e: Reduce(by, e); break;
            case SaveSnapshot e: Save(by.Id, e.Version); break;
            case CopyToBest e:
                SliceState held = States[by.Id];
                held.Version.ShouldBe(e.Version);
                States[by.Id] = held with { Best = held.Parameters, BestVersion = e.Version };
                break;
            default: throw new NotSupportedException(effect.ToString());
        }
    }

    private void Compute(Address by, ComputeGradient e)
    {
        e.Parameters.Length.ShouldBe(plan.Slices);
        e.Step.ShouldBeLessThan(plan.TotalSteps);
        long parameters = Symbol.Parameters(e.Parameters.Select(p => p.Value));
        post(by, by, new GradientComputed(e.Step, e.Node, [.. Enumerable.Range(0, plan.Slices)
            .Select(s => new TensorHandle(
                Symbol.OfNode(e.Node, 0, e.Step, s, parameters)))]));
    }

    private static long Metrics(
        TreeNode node, EvaluationSet set, long version, IEnumerable<long> parameters) =>
        Symbol.OfNode(node, 1 + (int)set, version, 0, Symbol.Parameters(parameters));

    private void Load(Address by, LoadState e)
    {
        States[by.Id] = e.Source switch
        {
            RestoreSource.Initial => new(0, Symbol.Initial(by.Id), 0, null),
            RestoreSource.Checkpoint => disk.Saved[e.Version].Slices[by.Id],
            _ => States[by.Id] with { Version = e.Version, Parameters = States[by.Id].Best },
        };
        if (e.Source == RestoreSource.Checkpoint)
        {
            _judged = disk.Saved[e.Version].Judged;
        }

        States[by.Id].Version.ShouldBe(e.Version);
        (e.Source == RestoreSource.Best).ShouldImply(States[by.Id].BestVersion == e.Version);
        post(by, by, new StateLoaded(e.Generation, e.Version, new(States[by.Id].Parameters)));
    }

    private void Apply(Address by, ApplyUpdate e)
    {
        SliceState before = States[by.Id];
        before.Version.ShouldBe(e.Step);
        e.Partials.Length.ShouldBe(plan.ClipsGlobalNorm ? plan.Slices : 0);
        if (IsNotFinite(e.Step))
        {
            post(by, by, new UpdateFailed(
                e.Generation, e.Step, "not finite", UpdateFailure.NotFinite));
            return;
        }

        long root = Symbol.Combine(plan.MicrobatchesOf(e.Step), e.Nodes);
        long after = Symbol.Updated(before.Parameters, root, e.Partials.Select(p => p.Value));
        States[by.Id] = before with { Version = e.Step + 1, Parameters = after };
        (States.Max(s => s.Version) - States.Min(s => s.Version)).ShouldBeLessThanOrEqualTo(1);
        post(by, by, new UpdateApplied(e.Generation, e.Step, new(after)));
    }

    private void Reduce(Address by, ReduceEvaluation e)
    {
        by.Id.ShouldBe(0);
        States[0].Version.ShouldBe(e.Version);
        long metrics = Symbol.Combine(plan.MicrobatchesOf(e.Set), e.Nodes);
        Evaluations.Add((e.Set, e.Version, metrics));
        if (e.Nodes.Length > 0)
        {
            metrics.ShouldBe(Metrics(
                new TreeNode(0, plan.MicrobatchesOf(e.Set)), e.Set, e.Version,
                States.Select(s => s.Parameters)));
        }

        (bool improved, bool stop) = (false, false);
        if (e.Set == EvaluationSet.Validation)
        {
            (improved, stop) = judge((int)(e.Version / plan.StepsPerEpoch));
            _judged = _judged.Add((e.Version, stop));
        }

        post(by, by, new EvaluationReduced(e.Generation, e.Evaluation, improved, stop));
    }

    private void Save(int slice, long version)
    {
        States[slice].Version.ShouldBe(version);
        _copies.TryAdd(version, new SliceState?[plan.Slices]);
        SliceState?[] copies = _copies[version];
        copies[slice] = States[slice];
        _judgedAtCopy = slice == 0 ? _judged : _judgedAtCopy;
        if (copies.Any(c => c is null))
        {
            return;
        }

        _copies.Remove(version);
        if (DiskIsFull(version))
        {
            post(default, default, new CheckpointFailed(version, "disk full"));
            return;
        }

        disk.Saved[version] = new SavedRun(version, [.. copies!], _judgedAtCopy);
        post(default, default, new CheckpointSaved(version));
    }
}

internal static class Implication
{
    public static void ShouldImply(this bool premise, bool conclusion) =>
        (!premise || conclusion).ShouldBeTrue();
}
