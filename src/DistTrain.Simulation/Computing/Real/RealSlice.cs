using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>One slice in numbers: parameters, moments, best copy; slice 0 with the diary.
/// </summary>
internal sealed class RealSlice : ISliceState
{
    private sealed record Content(
        float[] Parameters, float[] First, float[] Second, float[] Best, HistoryState History,
        EarlyStoppingState Stopping);

    private readonly RealComputation _computation;
    private readonly ParameterInterval _interval;
    private readonly int _slice;
    private SliceOptimizer _optimizer;
    private float[] _parameters = [];
    private float[] _best = [];
    private TrainingHistory _history = new();
    private EarlyStopping _stopping;

    public RealSlice(RealComputation computation, SliceOptimizer optimizer, int slice)
    {
        _computation = computation;
        _optimizer = optimizer;
        _interval = optimizer.Interval;
        _slice = slice;
        _stopping = new EarlyStopping(Recipe.EarlyStopping);
    }

    public long Version { get; private set; } = -1;

    public TensorHandle Parameters { get; private set; }

    public long ParametersHash => RealHash.Of(_parameters);

    public long? BestVersion { get; private set; }

    public Diary Diary => new(
        _history.Epochs.Count, _stopping.State.EpochsSinceBest >= Recipe.EarlyStopping?.Patience);

    private Recipe Recipe => _computation.Task.Recipe;

    public void LoadInitial()
    {
        float[] parameters = new float[_interval.Length];
        Initialization.Fill(Recipe, _computation.Task.Layout, _interval, parameters);
        _optimizer = _computation.NewOptimizer(_interval);
        _history = new TrainingHistory();
        _stopping = new EarlyStopping(Recipe.EarlyStopping);
        (_best, BestVersion) = ([], null);
        Hold(0, parameters);
    }

    public void Load(SliceCopy copy)
    {
        var content = (Content)copy.Content;
        _optimizer = _computation.NewOptimizer(_interval);
        content.First.CopyTo(_optimizer.FirstMoment);
        content.Second.CopyTo(_optimizer.SecondMoment);
        _history = new TrainingHistory(content.History);
        _stopping = new EarlyStopping(Recipe.EarlyStopping, content.Stopping);
        (_best, BestVersion) = (content.Best, copy.BestVersion);
        Hold(copy.Version, content.Parameters);
    }

    public bool TryLoadBest(long version)
    {
        if (BestVersion != version)
        {
            return false;
        }

        Hold(version, _best);
        return true;
    }

    public TensorHandle Partials(long step, ImmutableArray<NodeTensor> nodes)
    {
        double[] partials = new double[_optimizer.BlockCount];
        _optimizer.SquareNorms(step, NodesOf(nodes), partials);
        return _computation.Add(partials);
    }

    public void Apply(
        long step, ImmutableArray<NodeTensor> nodes, ImmutableArray<TensorHandle> partials)
    {
        double? norm = partials.IsEmpty ? null : SliceOptimizer.FoldSquareNorms(
            partials.SelectMany(p => _computation.Get<double[]>(p)).ToArray());
        float[] after = new float[_interval.Length];
        UpdateResult result =
            _optimizer.Apply(step, NodesOf(nodes), norm, _parameters, after);
        if (!result.IsFinite)
        {
            throw new CheckFailedException("oracle", $"{result.NotFinite} is not finite");
        }

        if (_slice == 0)
        {
            _history.AddStep(Fold(
                _computation.Task.Batches.MicrobatchesOf(step), nodes,
                handle => _computation.Get<NodeGradient>(handle).Metrics, BatchMetrics.Combine));
        }

        Hold(Version + 1, after);
    }

    public void KeepBest() => (_best, BestVersion) = (_parameters, Version);

    public Verdict Reduce(EvaluationSet set, ImmutableArray<NodeTensor> nodes)
    {
        EvaluationMetrics? metrics = nodes.IsEmpty ? null : Fold(
            nodes[^1].Node.End, nodes,
            handle => _computation.Get<EvaluationMetrics>(handle), EvaluationMetrics.Combine);
        long hash = metrics is null
            ? 0
            : Symbol.Of(RealHash.Of(metrics.LossSum), metrics.Correct, metrics.Samples);
        if (set == EvaluationSet.Test)
        {
            return new Verdict(false, false, hash);
        }

        EpochJudgement judgement =
            _stopping.Judge(_history.CloseEpoch(Version, learningRate: 0, metrics));
        return new Verdict(judgement.Improved, judgement.Stop, hash);
    }

    public SliceCopy Copy()
    {
        var content = new Content(
            _parameters, _optimizer.FirstMoment.ToArray(), _optimizer.SecondMoment.ToArray(),
            _best, _history.ToState(), _stopping.State);
        long hash = Symbol.Of(
            Version, ParametersHash, RealHash.Of(content.First), RealHash.Of(content.Second),
            RealHash.Of(_best), BestVersion ?? -1, DiaryHash());
        return new SliceCopy(Version, BestVersion, Diary, hash, ParametersHash, content);
    }

    private long DiaryHash()
    {
        BatchMetrics running = _history.Running;
        long hash = Symbol.Of(
            RealHash.Of(running.LossSum), running.Correct, running.Samples,
            RealHash.Of(_stopping.State.Best ?? -1), _stopping.State.EpochsSinceBest);
        foreach (EpochRecord epoch in _history.Epochs)
        {
            hash = Symbol.Of(
                hash, RealHash.Of(epoch.TrainLoss), RealHash.Of(epoch.ValidationLoss ?? -1));
        }

        return hash;
    }

    private void Hold(long version, float[] parameters)
    {
        Version = version;
        _parameters = parameters;
        Parameters = _computation.Add(parameters);
    }

    private List<NodeGradient> NodesOf(ImmutableArray<NodeTensor> nodes) =>
        [.. nodes.Select(node => _computation.Get<NodeGradient>(node.Tensor))];

    /// <summary>Sums parts that cover the tree in its order; a check apart has seen to that.
    /// </summary>
    private static T Fold<T>(
        int leaves, ImmutableArray<NodeTensor> parts, Func<TensorHandle, T> get,
        Func<T, T, T> combine)
    {
        int next = 0;
        return Of(new TreeNode(0, leaves));

        T Of(TreeNode node)
        {
            if (parts[next].Node == node)
            {
                return get(parts[next++].Tensor);
            }

            T left = Of(node.Left);
            return combine(left, Of(node.Right));
        }
    }
}
