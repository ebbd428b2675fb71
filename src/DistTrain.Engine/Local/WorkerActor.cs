using System.Collections.Immutable;
using System.Runtime.InteropServices;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Runs a worker and supervises it: when computing throws, the worker is started anew with the
/// same id, and the coordinator hears that it failed and that it is back.
/// </summary>
internal sealed class WorkerActor : Actor<WorkerMessage>
{
    private readonly RunContext _context;
    private readonly WorkerId _id;
    private readonly Routes _routes;
    private readonly List<Effect> _effects = [];
    private Worker _machine;
    private NodeComputer? _computer;
    private Evaluator? _evaluator;

    public WorkerActor(
        RunContext context, WorkerId id, Routes routes, Dispatcher dispatcher, Place place,
        int capacity)
        : base($"worker {id.Value}", dispatcher, place, capacity)
    {
        _context = context;
        _id = id;
        _routes = routes;
        _machine = NewMachine();
    }

    protected override void Receive(WorkerMessage message)
    {
        _machine.Handle(message, _effects);
        foreach (Effect effect in _effects)
        {
            if (!TryExecute(effect))
            {
                break; // the rest was asked for by the machine that is gone
            }
        }

        _effects.Clear();
    }

    /// <returns>False if computing failed and the worker was restarted.</returns>
    private bool TryExecute(Effect effect)
    {
        switch (effect)
        {
            case ComputeGradient or ComputeEvaluation:
                return TryCompute(effect);
            case Refused:
                return true; // a stale message is no news
            default:
                return _routes.TrySend(effect)
                    ? true
                    : throw new InvariantException($"a worker has no {effect.GetType().Name}");
        }
    }

    private void Compute(ComputeGradient work)
    {
        _context.Hooks.BeforeGradient?.Invoke(_id, work.Step, work.Node);
        _computer ??= _context.NewComputer();
        GradientBuffer buffer = _context.Gradients.Rent(
            _id, work.Basis, work.Step, work.Node);
        bool isDone = false;
        try
        {
            BatchMetrics metrics = _computer.Compute(
                work.Step, work.Node.Start, work.Node.End,
                _context.Blocks.Of(work.Basis.Version), buffer.Values.Span);
            TensorHandle handle = buffer.Finish(metrics);
            isDone = true;
            Hear(new GradientComputed(
                work.Step, work.Node, ForEverySlice(handle), work.Basis));
        }
        finally
        {
            if (!isDone)
            {
                buffer.Abandon();
            }
        }
    }

    /// <summary>What may be computed ahead follows from it. So that others on this thread have
    /// their turn first, and perhaps a newer version for it, it goes through the mailbox then.
    /// </summary>
    private void Hear(GradientComputed result)
    {
        if (_context.Plan.Staleness == 0)
        {
            Answer(result);
        }
        else
        {
            Post(result);
        }
    }

    /// <summary>One gradient, whole: every slice reads its interval of it.</summary>
    private ImmutableArray<TensorHandle> ForEverySlice(TensorHandle gradient)
    {
        var handles = new TensorHandle[_context.Plan.Slices];
        Array.Fill(handles, gradient);
        return ImmutableCollectionsMarshal.AsImmutableArray(handles);
    }

    private void Compute(ComputeEvaluation work)
    {
        _context.Hooks.BeforeEvaluation?.Invoke(_id, work.Set, work.Node);
        _evaluator ??= new Evaluator(_context.Task, _context.NewKernels());
        Dataset set = work.Set == EvaluationSet.Validation
            ? _context.Task.Data.Validation!
            : _context.Task.Data.Test!;
        EvaluationMetrics metrics = _evaluator.Evaluate(
            set, work.Node.Start, work.Node.End, _context.Blocks.Of(work.Version));
        Answer(new EvaluationComputed(
            work.Evaluation, work.Set, work.Version, work.Node,
            _context.Evaluations.Add(work.Evaluation, metrics)));
    }

    private bool TryCompute(Effect effect)
    {
        long step = -1;
        try
        {
            if (effect is ComputeGradient gradient)
            {
                step = gradient.Step;
                Compute(gradient);
            }
            else
            {
                var evaluation = (ComputeEvaluation)effect;
                step = evaluation.Version;
                Compute(evaluation);
            }

            return true;
        }
#pragma warning disable CA1031 // Whatever computing throws is the worker's failure, not the run's.
        catch (Exception e) when (e is not InvariantException)
#pragma warning restore CA1031
        {
            Restart(step, e);
            return false;
        }
    }

    private void Restart(long step, Exception cause)
    {
        _machine = NewMachine();
        _computer = null;
        _evaluator = null;
        _context.CountFailure();
        _routes.ToCoordinator(new WorkerFailed(_id, step, cause.Message));
        _routes.ToCoordinator(new WorkerJoined(_id));
    }

    private Worker NewMachine() => new(_context.Run, _context.Plan, _id);
}
