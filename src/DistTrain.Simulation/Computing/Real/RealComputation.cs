using System.Collections.Immutable;
using System.Runtime.InteropServices;
using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// Computes with the product's kernels on a tiny network. A handle is a place in a table of
/// arrays, none of which is ever changed.
/// </summary>
internal sealed class RealComputation : IComputation
{
    private readonly IReadOnlyList<ParameterInterval> _intervals;
    private readonly Kernels _kernels = Kernels.For(IsaSupport.Best);
    private readonly GradientComputer _computer;
    private readonly Evaluator _evaluator;
    private readonly List<object> _tensors = [];
    private readonly float[] _parameters;
    private readonly float[] _gradient;

    public RealComputation(RunPlan plan, int patience, long seed)
    {
        Task = TinyTask.Create(plan, patience, seed);
        _intervals = ParameterInterval.Cut(Task.Layout.Count, plan.Slices);
        _computer = new GradientComputer(Task, _kernels);
        _evaluator = new Evaluator(Task, _kernels);
        _parameters = new float[Task.Layout.Count];
        _gradient = new float[Task.Layout.Count];
        Oracle = Oracle.Run(plan, this);
        RequireReference();
    }

    public TrainingTask Task { get; }

    public Oracle Oracle { get; }

    public string FinalHash { get; private set; } = "";

    public ISliceState NewSlice(int slice) => new RealSlice(
        this, new SliceOptimizer(Task, _intervals[slice], _kernels), slice);

    public ImmutableArray<TensorHandle> Gradient(
        long step, TreeNode node, ImmutableArray<TensorHandle> parameters)
    {
        Gather(parameters);
        BatchMetrics metrics =
            _computer.Compute(step, node.Start, node.End, _parameters, _gradient);
        return ImmutableCollectionsMarshal.AsImmutableArray(_intervals
            .Select(interval => Add(new NodeGradient(
                node.Start, node.End,
                _gradient.AsSpan(interval.Start, interval.Length).ToArray(), metrics)))
            .ToArray());
    }

    public TensorHandle Metrics(
        EvaluationSet set, long version, TreeNode node, ImmutableArray<TensorHandle> parameters)
    {
        Gather(parameters);
        Dataset data = (set == EvaluationSet.Validation ? Task.Data.Validation : Task.Data.Test)!;
        return Add(_evaluator.Evaluate(data, node.Start, node.End, _parameters));
    }

    public SliceOptimizer NewOptimizer(ParameterInterval interval) =>
        new(Task, interval, _kernels);

    public TensorHandle Add(object tensor)
    {
        _tensors.Add(tensor);
        return new TensorHandle(_tensors.Count - 1);
    }

    public T Get<T>(TensorHandle handle) => (T)_tensors[(int)handle.Value];

    private void Gather(ImmutableArray<TensorHandle> parameters)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            Get<float[]>(parameters[i]).CopyTo(_parameters, _intervals[i].Start);
        }
    }

    /// <summary>The loop over this computation gives what the product's own reference does.
    /// </summary>
    private void RequireReference()
    {
        ReferenceResult reference = ReferenceTrainer.Train(Task, _kernels);
        long hash = Symbol.Of([.. _intervals.Select(interval => RealHash.Of(
            reference.Parameters.AsSpan(interval.Start, interval.Length)))]);
        if (hash != Oracle.FinalHash)
        {
            throw new CheckFailedException(
                "oracle", "the loop over slices and the reference trainer differ");
        }

        FinalHash = reference.WeightsSha256;
    }
}
