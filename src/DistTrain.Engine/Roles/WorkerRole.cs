using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Runs a worker: the protocol's part and the arithmetic. What computing throws comes out as
/// <see cref="ComputationException"/>: whoever supervises the worker starts it anew.
/// </summary>
internal sealed class WorkerRole : Role<WorkerMessage>
{
    private readonly RoleContext _context;
    private readonly WorkerId _id;
    private readonly IRoutes _routes;
    private readonly IWorkerMemory _memory;
    private readonly List<Effect> _effects = [];
    private Worker _machine;
    private IWorkerArithmetic? _arithmetic;

    /// <param name="context">The run.</param>
    /// <param name="id">Which worker.</param>
    /// <param name="routes">To the other roles.</param>
    /// <param name="memory">Its tensors.</param>
    public WorkerRole(RoleContext context, WorkerId id, IRoutes routes, IWorkerMemory memory)
        : base($"worker {id.Value}")
    {
        _context = context;
        _id = id;
        _routes = routes;
        _memory = memory;
        _machine = NewMachine();
    }

    /// <exception cref="ComputationException">Computing threw; the worker holds nothing any more
    /// and may go on as a new one.</exception>
    public override void Receive(WorkerMessage message)
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
            Execute(effect);
        }

        _effects.Clear();
    }

    private void Execute(Effect effect)
    {
        switch (effect)
        {
            case ComputeGradient or ComputeEvaluation:
                Compute(effect);
                break;
            case Refused:
                break; // a stale message is no news
            default:
                if (!_routes.TrySend(effect))
                {
                    throw new InvariantException($"a worker has no {effect.GetType().Name}");
                }

                break;
        }
    }

    private void Compute(ComputeGradient work, ReadOnlyMemory<float> parameters)
    {
        _context.Hooks.BeforeGradient?.Invoke(_id, work.Step, work.Node);
        _arithmetic ??= _context.NewArithmetic();
        GradientBuffer buffer = _memory.Rent(_id, work.Basis, work.Step, work.Node);
        bool isDone = false;
        try
        {
            BatchMetrics metrics = _arithmetic.Gradient(
                work.Step, work.Node, parameters, buffer.Values);
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
            Own.Answer(result);
        }
        else
        {
            Own.Post(result);
        }
    }

    /// <summary>A newer version took the parameters' place. An evaluation or the step of that
    /// version nobody needs any more then; a step after it somebody does.</summary>
    private void Drop(Effect effect)
    {
        if (effect is ComputeGradient work)
        {
            Own.Answer(new GradientDropped(work.Step, work.Node, work.Basis));
        }
    }

    private void Compute(ComputeEvaluation work, ReadOnlyMemory<float> parameters)
    {
        _context.Hooks.BeforeEvaluation?.Invoke(_id, work.Set, work.Node);
        _arithmetic ??= _context.NewArithmetic();
        Dataset set = work.Set == EvaluationSet.Validation
            ? _context.Task.Data.Validation!
            : _context.Task.Data.Test!;
        EvaluationMetrics metrics = _arithmetic.Evaluate(
            set, work.Node, work.Version, parameters);
        Own.Answer(new EvaluationComputed(
            work.Generation, work.Evaluation, work.Set, work.Version, work.Node,
            _memory.Add(work.Evaluation, metrics)));
    }

    private void Compute(Effect effect)
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
            return;
        }

        try
        {
            if (effect is ComputeGradient gradient)
            {
                Compute(gradient, values);
            }
            else
            {
                Compute((ComputeEvaluation)effect, values);
            }
        }
#pragma warning disable CA1031 // Whatever computing throws is the worker's failure, not the run's.
        catch (Exception e) when (e is not InvariantException)
#pragma warning restore CA1031
        {
            BecomeNew();
            throw new ComputationException(step, e);
        }
        finally
        {
            _memory.EndRead(parameters);
        }
    }

    private void BecomeNew()
    {
        _effects.Clear(); // the rest was asked for by the machine that is gone
        _machine = NewMachine();
        _arithmetic = null;
        _memory.Clear();
    }

    private Worker NewMachine() => new(_context.Run, _context.Plan, _id);
}

/// <summary>The worker is to begin anew, holding nothing: who led it is gone.</summary>
/// <param name="Then">Called when that is done, in the worker's turn.</param>
internal sealed record BeginAnew(Action Then) : WorkerMessage;
