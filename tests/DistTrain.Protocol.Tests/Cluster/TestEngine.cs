using System.Collections.Immutable;

namespace DistTrain.Protocol.Tests;

/// <summary>One slice's state, as far as the protocol can change it.</summary>
/// <param name="Restored">The generation in which it was loaded; 0: nothing is.</param>
/// <param name="Version">The version held.</param>
/// <param name="Parameters">Of it.</param>
/// <param name="Best">The best copy.</param>
/// <param name="BestVersion">Its version.</param>
internal sealed record SliceState(
    Generation Restored, long Version, long Parameters, long Best, long? BestVersion);

/// <summary>A slice's copy of its state; slice 0's with the diary.</summary>
internal sealed record SliceCopy(SliceState State, ImmutableList<(long Version, bool Stop)> Judged);

/// <summary>A checkpoint: all slices at one version, and what was judged by then.</summary>
internal sealed record SavedRun(
    long Version, ImmutableArray<SliceState> Slices,
    ImmutableList<(long Version, bool Stop)> Judged);

/// <summary>The checkpoints on disk.</summary>
internal sealed class Disk
{
    public SortedDictionary<long, SavedRun> Saved { get; } = [];

    public CoordinatorOptions ToOptions() => Saved.Count == 0
        ? new CoordinatorOptions()
        : new CoordinatorOptions
        {
            Source = RestoreSource.Checkpoint,
            Version = Saved.Keys.Last(),
        };
}

/// <summary>
/// What an engine does for the roles, on symbols, and the checks that no role makes for itself:
/// parts cover the root exactly, slices stay within one version, a checkpoint is of one version.
/// </summary>
internal sealed class TestEngine(
    RunPlan plan, Judge judge, Disk disk, Action<Address, Address, object> post)
{
    // What has arrived at the coordinator's engine, by generation and version.
    private readonly Dictionary<(Generation, long), SliceCopy?[]> _arrived = [];
    private readonly SliceCopy?[] _kept = new SliceCopy?[plan.Slices];
    private ImmutableList<(long Version, bool Stop)> _judged = [];

    public SliceState[] States { get; } = [.. Enumerable.Repeat(
        new SliceState(default, -1, 0, 0, null), plan.Slices)];

    /// <summary>Whether a slice's copy is lost on its way to the coordinator.</summary>
    public Func<bool> LosesCopy { get; set; } = () => false;

    /// <summary>Whether the update of this step throws.</summary>
    public Func<long, bool> UpdateThrows { get; set; } = _ => false;

    /// <summary>Whether the checkpoint of this version cannot be read.</summary>
    public Func<long, bool> IsDamaged { get; set; } = _ => false;

    /// <summary>Whether computing for this step throws on this worker.</summary>
    public Func<long, int, bool> Throws { get; set; } = (_, _) => false;

    /// <summary>Whether the update of this step gives NaN.</summary>
    public Func<long, bool> IsNotFinite { get; set; } = _ => false;

    /// <summary>Whether the disk is full when this version is to be written.</summary>
    public Func<long, bool> DiskIsFull { get; set; } = _ => false;

    public List<(EvaluationSet Set, long Version, long Metrics)> Evaluations { get; } = [];

    public StalenessCheck Stale { get; } = new(plan);

    public void Execute(Address by, Effect effect)
    {
        switch (effect)
        {
            case ComputeGradient e: Compute(by, e); break;
            case ComputeEvaluation e:
                post(by, by, new EvaluationComputed(
                    e.Generation, e.Evaluation, e.Set, e.Version, e.Node,
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
            case SaveSnapshot e:
                States[by.Id].Version.ShouldBe(e.Version);
                _kept[by.Id] = new SliceCopy(States[by.Id], _judged);
                Stream(by.Id, e.Generation, e.Version);
                break;
            case StreamSnapshot e: Stream(by.Id, e.Generation, e.Version); break;
            case ForgetSnapshot e:
                _kept[by.Id]!.State.Version.ShouldBe(e.Version);
                _kept[by.Id] = null;
                break;
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
        var result = new GradientComputed(
            e.Step, e.Node,
            [.. Enumerable.Range(0, plan.Slices).Select(s => new TensorHandle(
                Symbol.OfNode(e.Node, 0, e.Step, s, parameters)))],
            e.Basis);
        Stale.OnComputed(e, result);
        post(by, by, result);
    }

    private static long Metrics(
        TreeNode node, EvaluationSet set, long version, IEnumerable<long> parameters) =>
        Symbol.OfNode(node, 1 + (int)set, version, 0, Symbol.Parameters(parameters));

    /// <summary>A slice's node is gone, with all that it held.</summary>
    public void LoseSlice(int slice)
    {
        States[slice] = new SliceState(default, -1, 0, 0, null);
        _kept[slice] = null;
    }

    /// <summary>The coordinator's node is gone, and what had arrived there.</summary>
    public void LoseCoordinator() => _arrived.Clear();

    private void Load(Address by, LoadState e)
    {
        if (e.Source == RestoreSource.Checkpoint && IsDamaged(e.Version))
        {
            post(by, by, new LoadFailed(e.Generation, "damaged"));
            return;
        }

        SliceState before = States[by.Id];
        SliceState after = e.Source switch
        {
            RestoreSource.Initial => new(e.Generation, 0, Symbol.Initial(by.Id), 0, null),
            RestoreSource.Checkpoint => disk.Saved[e.Version].Slices[by.Id],
            _ => before with { Version = e.Version, Parameters = before.Best },
        };
        (e.Source == RestoreSource.Best).ShouldImply(before.BestVersion == e.Version);
        if (by.Id == 0 && e.Source != RestoreSource.Best)
        {
            _judged = e.Source == RestoreSource.Initial ? [] : disk.Saved[e.Version].Judged;
        }

        after.Version.ShouldBe(e.Version);
        States[by.Id] = after with { Restored = e.Generation };
        Stale.OnHeld(by.Id, States[by.Id]);
        post(by, by, new StateLoaded(
            e.Generation, e.Version, new(after.Parameters), after.BestVersion,
            by.Id == 0 ? VerdictOf(e.Version) : EpochVerdict.Open));
    }

    private EpochVerdict VerdictOf(long version)
    {
        (long Version, bool Stop)? last = _judged.IsEmpty ? null : _judged[^1];
        return last?.Version != version ? EpochVerdict.Open
            : last.Value.Stop ? EpochVerdict.Stop
            : EpochVerdict.Continue;
    }

    private void Apply(Address by, ApplyUpdate e)
    {
        SliceState before = States[by.Id];
        before.Version.ShouldBe(e.Step);
        e.Partials.Length.ShouldBe(plan.ClipsGlobalNorm ? plan.Slices : 0);
        Stale.OnApply(by.Id, e);
        if (IsNotFinite(e.Step))
        {
            post(by, by, new UpdateFailed(
                e.Generation, e.Step, "not finite", UpdateFailure.NotFinite));
            return;
        }

        if (UpdateThrows(e.Step))
        {
            post(by, by, new UpdateFailed(
                e.Generation, e.Step, "thrown", UpdateFailure.Thrown));
            return;
        }

        long root = Symbol.Combine(plan.MicrobatchesOf(e.Step), e.Nodes);
        long after = Symbol.Updated(before.Parameters, root, e.Partials.Select(p => p.Value));
        States[by.Id] = before with { Version = e.Step + 1, Parameters = after };
        Stale.OnHeld(by.Id, States[by.Id]);
        long[] versions = [.. States.Where(s => s.Restored == e.Generation)
            .Select(s => s.Version)];
        (versions.Max() - versions.Min()).ShouldBeLessThanOrEqualTo(1);
        post(by, by, new UpdateApplied(e.Generation, e.Step, new(after)));
    }

    private void Reduce(Address by, ReduceEvaluation e)
    {
        by.Id.ShouldBe(0);
        States[0].Version.ShouldBe(e.Version);
        long metrics = Symbol.Combine(plan.MicrobatchesOf(e.Set), e.Nodes);
        Evaluations.Add((e.Set, e.Version, metrics));
        if (e.Nodes.Length > 0 && States.All(s => s.Version == e.Version))
        {
            metrics.ShouldBe(Metrics(
                new TreeNode(0, plan.MicrobatchesOf(e.Set)), e.Set, e.Version,
                States.Select(s => s.Parameters)));
        }

        (bool improved, bool stop) = (false, false);
        if (e.Set == EvaluationSet.Validation)
        {
            (improved, stop) = judge((int)(e.Version / plan.StepsPerEpoch));
            _judged.ShouldAllBe(j => j.Version < e.Version, "an epoch is judged once");
            _judged = _judged.Add((e.Version, stop));
        }

        post(by, by, new EvaluationReduced(e.Generation, e.Evaluation, improved, stop));
    }

    private void Stream(int slice, Generation generation, long version)
    {
        SliceCopy copy = _kept[slice].ShouldNotBeNull("a copy is kept while it may be asked for");
        copy.State.Version.ShouldBe(version);
        if (LosesCopy())
        {
            return;
        }

        _arrived.TryAdd((generation, version), new SliceCopy?[plan.Slices]);
        SliceCopy?[] copies = _arrived[(generation, version)];
        copies[slice] = copy;
        if (copies.Any(c => c is null))
        {
            return;
        }

        if (DiskIsFull(version))
        {
            post(default, default, new CheckpointFailed(generation, version, "disk full"));
            return;
        }

        copies.Select(c => c!.State.BestVersion).Distinct().Count().ShouldBe(1, "one best");
        disk.Saved[version] = new SavedRun(
            version, [.. copies.Select(c => c!.State)], copies[0]!.Judged);
        post(default, default, new CheckpointSaved(generation, version));
    }
}

internal static class Implication
{
    public static void ShouldImply(this bool premise, bool conclusion) =>
        (!premise || conclusion).ShouldBeTrue();
}
