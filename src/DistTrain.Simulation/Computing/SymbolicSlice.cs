using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>One slice in symbols. Slice 0 keeps the diary, and judges by it, so that an epoch
/// judged twice or not at all gives another run.</summary>
internal sealed class SymbolicSlice(RunPlan plan, int slice, int patience) : ISliceState
{
    private sealed record State(
        long Version, long Parameters, long Best, long? BestVersion, long Diary,
        int EpochsJudged, int EpochsSinceBest);

    private State _state = new(-1, 0, 0, null, 0, 0, 0);

    public long Version => _state.Version;

    public TensorHandle Parameters => new(_state.Parameters);

    public long ParametersHash => _state.Parameters;

    public long? BestVersion => _state.BestVersion;

    public Diary Diary => new(_state.EpochsJudged, _state.EpochsSinceBest >= patience);

    public void LoadInitial() => _state = new(0, Symbol.Of(1, slice), 0, null, 0, 0, 0);

    public void Load(SliceCopy copy) => _state = (State)copy.Content;

    public bool TryLoadBest(long version)
    {
        if (_state.BestVersion != version)
        {
            return false;
        }

        _state = _state with { Version = version, Parameters = _state.Best };
        return true;
    }

    public TensorHandle Partials(long step, ImmutableArray<NodeTensor> nodes) =>
        new(Symbol.Of(2, slice, Symbol.Combine(plan.MicrobatchesOf(step), nodes)));

    public void Apply(
        long step, ImmutableArray<NodeTensor> nodes, ImmutableArray<TensorHandle> partials)
    {
        long root = Symbol.Combine(plan.MicrobatchesOf(step), nodes);
        _state = _state with
        {
            Version = _state.Version + 1,
            Parameters = Symbol.Of(_state.Parameters, step, root, Symbol.Of(partials)),
            Diary = slice == 0 ? Symbol.Of(_state.Diary, root) : 0,
        };
    }

    public void KeepBest() =>
        _state = _state with { Best = _state.Parameters, BestVersion = _state.Version };

    public Verdict Reduce(EvaluationSet set, ImmutableArray<NodeTensor> nodes)
    {
        long metrics = Symbol.Combine(plan.MicrobatchesOf(set), nodes);
        if (set == EvaluationSet.Test)
        {
            return new Verdict(false, false, metrics);
        }

        long diary = Symbol.Of(_state.Diary, metrics);
        bool improved = _state.EpochsJudged == 0 || (diary & 3) != 0;
        int since = improved ? 0 : _state.EpochsSinceBest + 1;
        _state = _state with
        {
            Diary = diary,
            EpochsJudged = _state.EpochsJudged + 1,
            EpochsSinceBest = since,
        };
        return new Verdict(improved, since >= patience, metrics);
    }

    public SliceCopy Copy() => new(
        _state.Version, _state.BestVersion, Diary,
        Symbol.Of(_state.Version, _state.Parameters, _state.Best, _state.BestVersion ?? -1,
            _state.Diary, _state.EpochsJudged, _state.EpochsSinceBest),
        _state.Parameters, _state);
}
