using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>A slice's numbers in an engine with one thing wrong. By itself it changes nothing.
/// </summary>
internal abstract class BrokenState(ISliceState inner) : ISliceState
{
    public virtual long Version => Inner.Version;

    public TensorHandle Parameters => Inner.Parameters;

    public long ParametersHash => Inner.ParametersHash;

    public long? BestVersion => Inner.BestVersion;

    public Diary Diary => Inner.Diary;

    protected ISliceState Inner { get; } = inner;

    public virtual void LoadInitial() => Inner.LoadInitial();

    public virtual void Load(SliceCopy copy) => Inner.Load(copy);

    public bool TryLoadBest(long version) => Inner.TryLoadBest(version);

    public virtual TensorHandle Partials(long step, ImmutableArray<NodeTensor> nodes) =>
        Inner.Partials(step, nodes);

    public virtual void Apply(
        long step, ImmutableArray<NodeTensor> nodes, ImmutableArray<TensorHandle> partials) =>
        Inner.Apply(step, nodes, partials);

    public void KeepBest() => Inner.KeepBest();

    public Verdict Reduce(EvaluationSet set, ImmutableArray<NodeTensor> nodes) =>
        Inner.Reduce(set, nodes);

    public virtual SliceCopy Copy() => Inner.Copy();
}
