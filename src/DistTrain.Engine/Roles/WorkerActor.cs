using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Runs a worker and supervises it: when computing throws, the worker is started anew with the
/// same id, and the coordinator hears that it failed and that it is back.
/// </summary>
internal sealed class WorkerActor : Actor<WorkerMessage>
{
    private readonly RoleContext _context;
    private readonly WorkerId _id;
    private readonly IRoutes _routes;
    private readonly IWorkerMemory _memory;
    private readonly List<Effect> _effects = [];
    private Worker _machine;
    private NodeComputer? _computer;
    private Evaluator? _evaluator;

    public WorkerActor(
        RoleContext context, WorkerId id, IRoutes routes, IWorkerMemory memory,
        Dispatcher dispatcher, Place place, int capacity)
        : base($"worker {id.Value}", dispatcher, place, capacity)
    {
        _context = context;
        _id = id;
        _routes = routes;
        _memory = memory;
        _machine = NewMachine();
    }

    protected override void Receive(WorkerMessage message)
    {
        if (message is BeginAnew anew)
        {
            BecomeNew();
            anew.Then();
            return;
        }

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

    private void Compute(ComputeGradient work, ReadOnlyMemory<float> parameters)
    {
        _context.Hooks.BeforeGradient?.Invoke(_id, work.Step, work.Node);
        _computer ??= _context.NewComputer();
        GradientBuffer buffer = _memory.Rent(_id, work.Basis, work.Step, work.Node);
        bool isDone = false;
        try
        {
            BatchMetrics metrics = _computer.Compute(
                work.Step, work.Node.Start, work.Node.End, parameters, buffer.Values);
            buffer.Finish(metrics);
            isDone = true;
        }
        finally
        {
            if (!isDone)
            {
                buffer.Abandon();
            }
        }

        Hear(new GradientComputed(
            work.Step, work.Node, _memory.HandlesOf(buffer), work.Basis));
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

    /// <summary>A newer version took the parameters' place. An evaluation or the step of that
    /// version nobody needs any more then; a step after it somebody does.</summary>
    private void Drop(Effect effect)
    {
        if (effect is ComputeGradient work)
        {
            Answer(new GradientDropped(work.Step, work.Node, work.Basis));
        }
    }

    private void Compute(ComputeEvaluation work, ReadOnlySpan<float> parameters)
    {
        _context.Hooks.BeforeEvaluation?.Invoke(_id, work.Set, work.Node);
        _evaluator ??= new Evaluator(_context.Task, _context.NewKernels());
        Dataset set = work.Set == EvaluationSet.Validation
            ? _context.Task.Data.Validation!
            : _context.Task.Data.Test!;
        EvaluationMetrics metrics = _evaluator.Evaluate(
            set, work.Node.Start, work.Node.End, parameters);
        Answer(new EvaluationComputed(
            work.Evaluation, work.Set, work.Version, work.Node,
            _memory.Add(work.Evaluation, metrics)));
    }

    private bool TryCompute(Effect effect)
    {
        (long step, long version, ImmutableArray<TensorHandle> parameters) = effect switch
        {
            ComputeGradient e => (e.Step, e.Basis.Version, e.Parameters),
            ComputeEvaluation e => (e.Version, e.Version, e.Parameters),
            _ => throw new InvariantException($"nothing to compute: {effect.GetType().Name}"),
        };
        if (!_memory.TryBeginRead(version, parameters, out ReadOnlyMemory<float> values))
        {
            Drop(effect);
            return true;
        }

        try
        {
            if (effect is ComputeGradient gradient)
            {
                Compute(gradient, values);
            }
            else
            {
                Compute((ComputeEvaluation)effect, values.Span);
            }

            return true;
        }
#pragma warning disable CA1031 // Whatever computing throws is the worker's failure, not the run's.
        catch (Exception e) when (e is not InvariantException)
#pragma warning restore CA1031
        {
            BecomeNew();
            _context.CountFailure();
            _routes.ReportRestart(_id, step, e.Message);
            return false;
        }
        finally
        {
            _memory.EndRead(parameters);
        }
    }

    private void BecomeNew()
    {
        _machine = NewMachine();
        _computer = null;
        _evaluator = null;
        _memory.Clear();
    }

    private Worker NewMachine() => new(_context.Run, _context.Plan, _id);
}

/// <summary>The worker is to begin anew, holding nothing: who led it is gone.</summary>
/// <param name="Then">Called when that is done, in the worker's turn.</param>
internal sealed record BeginAnew(Action Then) : WorkerMessage;
