using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// All parameters of a run whose one worker and one slice train together (ADR 12). The worker's
/// gradient stays within the trainer, and so does what the slice makes of it; in public order the
/// numbers are written where somebody wants to read them: for a checkpoint, an evaluation, the
/// result. Worker and slice are on one thread.
/// </summary>
internal sealed class TeamState : SliceState, IWorkerArithmetic
{
    private readonly RoleContext _context;
    private readonly SharedMemory _memory;
    private readonly TeamTrainer _trainer;
    private readonly Lazy<TeamEvaluator> _evaluator;
    private readonly float[] _firstMoment;
    private readonly float[] _secondMoment;

    // What the trainer holds, and whether its block shows it.
    private long _held = NoVersion;
    private bool _isWrittenOut;

    /// <param name="context">The run.</param>
    /// <param name="memory">Blocks to write to, and the worker's metrics.</param>
    /// <param name="team">The threads.</param>
    public TeamState(RoleContext context, SharedMemory memory, ComputeTeam team)
        : base(context, context.Intervals[0])
    {
        _context = context;
        _memory = memory;
        _trainer = new TeamTrainer(context.Task, team, context.NewKernels, context.SkipsZeros);
        _evaluator = new(() => new TeamEvaluator(context.Task, team, context.NewKernels));
        int moments = context.Task.Steps.Moments;
        _firstMoment = new float[moments > 0 ? context.Task.Layout.Count : 0];
        _secondMoment = new float[moments > 1 ? context.Task.Layout.Count : 0];
    }

    protected override Span<float> FirstMoment => _firstMoment;

    protected override Span<float> SecondMoment => _secondMoment;

    /// <summary>Those of the version held can be written out. Not so after an update that threw
    /// in the midst of replacing them, until a state is loaded.</summary>
    public bool HasParameters => _isWrittenOut || !_trainer.IsBroken;

    /// <summary>It is the version that gradients are computed on now.</summary>
    public bool Holds(long version) => version == _held;

    /// <summary>One worker's share of a step is all of it.</summary>
    public BatchMetrics Gradient(
        long step, TreeNode node, ReadOnlyMemory<float> parameters, Memory<float> gradient)
    {
        if (node != new TreeNode(0, _context.Plan.MicrobatchesOf(step)) || step != _held)
        {
            throw new InvariantException(
                $"node {node} of step {step} is asked of a team that holds version {_held}");
        }

        return _trainer.Compute(step);
    }

    public EvaluationMetrics Evaluate(
        Dataset set, TreeNode node, long version, ReadOnlyMemory<float> parameters)
    {
        WriteOut(version);
        return _evaluator.Value.Evaluate(set, node.Start, node.End, parameters);
    }

    /// <summary>Has a version stand in its block.</summary>
    public void WriteOut(long version)
    {
        if (version != _held)
        {
            throw new InvariantException($"version {version} is wanted, {_held} is held");
        }

        if (!_isWrittenOut)
        {
            _trainer.StoreParameters(_memory.Blocks.Of(version));
            _isWrittenOut = true;
        }
    }

    public override void SquareNorms(long step, ImmutableArray<NodeTensor> nodes) =>
        throw new InvariantException("a team is not asked for norms");

    protected override ReadOnlySpan<float> ParametersOf(long version)
    {
        WriteOut(version);
        return _memory.Blocks.Of(version);
    }

    protected override Span<float> Begin(long version) => _memory.Blocks.Of(version);

    protected override void TakeUpParameters(long version)
    {
        _trainer.LoadParameters(_memory.Blocks.Of(version));
        (_held, _isWrittenOut) = (version, true);
    }

    protected override void TakeUpMoments() =>
        _trainer.LoadMoments(_firstMoment, _secondMoment);

    protected override void WriteOutMoments() =>
        _trainer.StoreMoments(_firstMoment, _secondMoment);

    protected override UpdateResult ApplyStep(
        long step, ImmutableArray<NodeTensor> nodes, ImmutableArray<TensorHandle> partials,
        out BatchMetrics metrics)
    {
        metrics = _memory.Gradients.Of(nodes[0].Tensor, step).Metrics;
        if (!double.IsFinite(metrics.LossSum))
        {
            WriteOut(step); // nothing will be published, and what this one was is told
        }

        UpdateResult result = _trainer.Apply(step);
        if (result.IsFinite && double.IsFinite(metrics.LossSum))
        {
            (_held, _isWrittenOut) = (step + 1, false);
        }

        return result;
    }

    /// <summary>Computed again, as one thread would, on what the step was computed on.</summary>
    protected override IEnumerable<SliceGradient> Gradients(
        long step, ImmutableArray<NodeTensor> nodes)
    {
        WriteOut(step);
        float[] gradient = new float[_context.Task.Layout.Count];
        BatchMetrics metrics = new GradientComputer(
            _context.Task, _context.NewKernels(), skipsZeros: false).Compute(
                step, 0, _context.Plan.MicrobatchesOf(step), _memory.Blocks.Of(step), gradient);
        return [new SliceGradient(gradient, metrics, gradient, KnownStart: 0)];
    }
}
