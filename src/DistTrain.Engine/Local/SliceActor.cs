using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Runs a parameter server: the protocol of one slice, and the arithmetic that it asks for. Slice
/// 0 keeps the run's diary besides.
/// </summary>
internal sealed class SliceActor : Actor<ParameterServerMessage>
{
    private readonly RunContext _context;
    private readonly SliceId _id;
    private readonly ParameterServer _machine;
    private readonly Routes _routes;
    private readonly SliceState _state;
    private readonly List<Effect> _effects = [];
    private Generation _restored;

    public SliceActor(
        RunContext context, SliceId id, Routes routes, Dispatcher dispatcher, Place place,
        int capacity)
        : base($"parameter slice {id.Value}", dispatcher, place, capacity)
    {
        _context = context;
        _id = id;
        _routes = routes;
        _machine = new ParameterServer(context.Run, context.Plan, id);
        _state = new SliceState(context, id);
    }

    /// <summary>The version held; <see cref="SliceState.NoVersion"/> before any is loaded.
    /// </summary>
    public long Version => _state.Version;

    private bool KeepsDiary => _id.Value == 0;

    protected override void Receive(ParameterServerMessage message)
    {
        if (message is Contribution late && !_context.Gradients.Is(late.Gradient, _restored))
        {
            return; // of a generation that is past: its buffer may be another's by now
        }

        _machine.Handle(message, _effects);
        ExecuteAll();
    }

    protected override void OnTick()
    {
        _machine.Tick(_effects);
        ExecuteAll();
    }

    private void ExecuteAll()
    {
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
            case LoadState load:
                Load(load);
                break;
            case CombineGradient combine:
                Answer(Combine(combine));
                break;
            case ApplyUpdate update:
                Answer(Apply(update));
                break;
            case ReduceEvaluation reduce:
                Answer(Reduce(reduce));
                break;
            case SaveSnapshot save:
                Save(save);
                break;
            case StreamSnapshot or ForgetSnapshot:
                break; // no part is lost in one process, and nothing is kept to stream again
            case CopyToBest copy:
                _state.KeepBest(copy.Version);
                break;
            case Refused:
                break; // a stale message is no news
            default:
                if (!_routes.TrySend(effect))
                {
                    throw new InvariantException($"a slice has no {effect.GetType().Name}");
                }

                break;
        }
    }

    private void Load(LoadState load)
    {
        _restored = load.Generation;
        try
        {
            _state.Load(load.Source, load.Version);
        }
        catch (CheckpointException e)
        {
            Answer(new LoadFailed(load.Generation, e.Message));
            return;
        }

        if (KeepsDiary && load.Source != RestoreSource.Best)
        {
            _context.Recorder.Begin(load.Source == RestoreSource.Checkpoint
                ? _context.States.Of(load.Version)
                : null);
        }

        Answer(new StateLoaded(
            load.Generation, load.Version, new TensorHandle(load.Version), _state.BestVersion,
            KeepsDiary ? _context.Recorder.VerdictAt(load.Version) : EpochVerdict.Open));
    }

    private ParameterServerMessage Combine(CombineGradient combine)
    {
        try
        {
            _state.SquareNorms(combine.Step, combine.Nodes);
        }
#pragma warning disable CA1031 // Whatever it throws, the state is not known: all are restored.
        catch (Exception e) when (e is not InvariantException)
#pragma warning restore CA1031
        {
            return Failed(combine.Generation, combine.Step, e);
        }

        return new GradientCombined(
            combine.Generation, combine.Step, new TensorHandle(combine.Step));
    }

    private ParameterServerMessage Apply(ApplyUpdate update)
    {
        string? refusal;
        BatchMetrics metrics;
        try
        {
            _context.Hooks.BeforeUpdate?.Invoke(_id, update.Step);
            refusal = _state.Apply(update.Step, update.Nodes, out metrics);
        }
#pragma warning disable CA1031 // Whatever it throws, the state is not known: all are restored.
        catch (Exception e) when (e is not InvariantException)
#pragma warning restore CA1031
        {
            return Failed(update.Generation, update.Step, e);
        }

        if (refusal is not null)
        {
            return new UpdateFailed(
                update.Generation, update.Step, refusal, UpdateFailure.NotFinite);
        }

        if (KeepsDiary)
        {
            _context.Recorder.AddStep(update.Step, metrics, _context.Workers);
        }

        return new UpdateApplied(
            update.Generation, update.Step, new TensorHandle(update.Step + 1));
    }

    private static UpdateFailed Failed(Generation generation, long step, Exception e) =>
        new(generation, step, e.Message, UpdateFailure.Thrown);

    private EvaluationReduced Reduce(ReduceEvaluation reduce)
    {
        EvaluationMetrics? metrics = reduce.Nodes.IsEmpty ? null : Sum(reduce);
        _context.Evaluations.Forget(reduce.Evaluation);
        EpochJudgement judgement = default;
        if (reduce.Set == EvaluationSet.Validation)
        {
            judgement = _context.Recorder.CloseEpoch(reduce.Version, metrics);
        }
        else
        {
            _context.Recorder.AddTest(metrics!);
        }

        return new EvaluationReduced(
            reduce.Generation, reduce.Evaluation, judgement.Improved, judgement.Stop);
    }

    private EvaluationMetrics Sum(ReduceEvaluation reduce) => TreeFold.Root(
        new TreeNode(0, _context.Plan.MicrobatchesOf(reduce.Set)),
        [.. reduce.Nodes.Select(part => (part.Node, _context.Evaluations.Of(part.Tensor)))],
        EvaluationMetrics.Combine);

    private void Save(SaveSnapshot save)
    {
        Snapshot snapshot = _context.Snapshots.Open(save.Generation, save.Version);
        _state.CopyTo(snapshot);
        if (KeepsDiary)
        {
            snapshot.AddDiary(_context.Recorder, _state.BestVersion);
        }

        if (!_context.Snapshots.Close(snapshot))
        {
            return;
        }

        if (_context.Writer is { } writer)
        {
            writer.Submit(snapshot);
        }
        else
        {
            _context.States.Keep(snapshot);
            _routes.ToCoordinator(new CheckpointSaved(save.Version));
        }
    }
}
