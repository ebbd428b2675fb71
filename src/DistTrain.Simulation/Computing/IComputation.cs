using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// The arithmetic of a simulated run, symbolic or real. One run's, on one thread; time passes
/// elsewhere.
/// </summary>
internal interface IComputation
{
    /// <summary>A slice that holds nothing yet.</summary>
    ISliceState NewSlice(int slice);

    /// <summary>The gradient of a node, one handle a slice.</summary>
    ImmutableArray<TensorHandle> Gradient(
        long step, TreeNode node, ImmutableArray<TensorHandle> parameters);

    TensorHandle Metrics(
        EvaluationSet set, long version, TreeNode node, ImmutableArray<TensorHandle> parameters);

    /// <summary>What it must end with, by a loop that knows neither roles nor nodes.</summary>
    Oracle Oracle { get; }

    /// <summary>Of the parameters that it must end with, for people.</summary>
    string FinalHash { get; }
}

/// <summary>The numbers of one slice, as its engine holds them.</summary>
internal interface ISliceState
{
    /// <summary>−1: nothing is loaded.</summary>
    long Version { get; }

    TensorHandle Parameters { get; }

    long ParametersHash { get; }

    long? BestVersion { get; }

    Diary Diary { get; }

    void LoadInitial();

    void Load(SliceCopy copy);

    /// <returns>False if the best copy is not of that version.</returns>
    bool TryLoadBest(long version);

    /// <summary>Partial square norms of a step's gradient.</summary>
    TensorHandle Partials(long step, ImmutableArray<NodeTensor> nodes);

    void Apply(
        long step, ImmutableArray<NodeTensor> nodes, ImmutableArray<TensorHandle> partials);

    void KeepBest();

    /// <summary>Slice 0: sums an evaluation up, and judges it if it is of the validation set.
    /// </summary>
    Verdict Reduce(EvaluationSet set, ImmutableArray<NodeTensor> nodes);

    SliceCopy Copy();
}

/// <summary>What an evaluation gave.</summary>
/// <param name="Improved">The best so far.</param>
/// <param name="Stop">The patience is used up.</param>
/// <param name="Metrics">A hash of the metrics.</param>
internal readonly record struct Verdict(bool Improved, bool Stop, long Metrics);

/// <summary>All of one slice at one version, never changed again.</summary>
/// <param name="Version">Updates applied.</param>
/// <param name="BestVersion">Of its best copy; null: none.</param>
/// <param name="Diary">Slice 0's; the others' is empty.</param>
/// <param name="Hash">Of everything in it.</param>
/// <param name="ParametersHash">Of the parameters alone.</param>
/// <param name="Content">What the computation needs to load it.</param>
internal sealed record SliceCopy(
    long Version, long? BestVersion, Diary Diary, long Hash, long ParametersHash, object Content);

/// <summary>What slice 0 remembers of epochs.</summary>
/// <param name="EpochsJudged">Closed and judged.</param>
/// <param name="IsStopped">The last of them used the patience up.</param>
internal readonly record struct Diary(int EpochsJudged, bool IsStopped)
{
    /// <summary>What it says of the epoch that ended at this version.</summary>
    public EpochVerdict VerdictAt(RunPlan plan, long version) =>
        EpochsJudged < version / plan.StepsPerEpoch ? EpochVerdict.Open
        : IsStopped ? EpochVerdict.Stop
        : EpochVerdict.Continue;
}
