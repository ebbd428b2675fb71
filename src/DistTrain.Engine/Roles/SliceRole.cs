using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// Runs a parameter server: the protocol of one slice, and the arithmetic that it asks for. Slice
/// 0 keeps the run's diary besides.
/// </summary>
internal sealed class SliceRole : Role<ParameterServerMessage>
{
    private readonly RoleContext _context;
    private readonly SliceId _id;
    private readonly ParameterServer _machine;
    private readonly IRoutes _routes;
    private readonly ISliceMemory _memory;
    private readonly ISliceStorage _storage;
    private readonly RunRecorder? _diary;
    private readonly SliceState _state;
    private readonly List<Effect> _effects = [];
    private Generation _restored;

    /// <param name="context">The run.</param>
    /// <param name="id">Which slice.</param>
    /// <param name="incarnation">Raised whenever the slice starts with nothing.</param>
    /// <param name="routes">To the other roles.</param>
    /// <param name="memory">Its tensors.</param>
    /// <param name="storage">Its checkpoints.</param>
    /// <param name="diary">Slice 0's; else null.</param>
    /// <param name="state">Its numbers; null: those of an interval in that memory.</param>
    public SliceRole(
        RoleContext context, SliceId id, long incarnation, IRoutes routes, ISliceMemory memory,
        ISliceStorage storage, RunRecorder? diary, SliceState? state = null)
        : base($"parameter slice {id.Value}")
    {
        _context = context;
        _id = id;
        _routes = routes;
        _memory = memory;
        _storage = storage;
        _diary = diary;
        _machine = new ParameterServer(context.Run, context.Plan, id, incarnation);
        _state = state ?? new IntervalState(context, id, memory);
    }

    /// <summary>The version held; <see cref="SliceState.NoVersion"/> before any is loaded.
    /// </summary>
    public long Version => _state.Version;

    private RunRecorder Diary => _diary
        ?? throw new InvariantException($"slice {_id.Value} keeps no diary");

    public override void Receive(ParameterServerMessage message)
    {
        switch (message)
        {
            case Contribution late when !_memory.IsOfUse(late.Gradient, _restored):
                return; // of a generation that is past: its buffer may be another's by now
            case StateArrived arrived:
                TakeOver(arrived);
                return;
            default:
                _machine.Handle(message, _effects);
                ExecuteAll();
                return;
        }
    }

    public override void OnTick()
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
                Own.Answer(Combine(combine));
                break;
            case ApplyUpdate update:
                if (Apply(update) is { } outcome)
                {
                    Own.Answer(outcome);
                }

                break;
            case ReduceEvaluation reduce:
                Own.Answer(Reduce(reduce));
                break;
            case SaveSnapshot save:
                _storage.Save(save, _state, _diary);
                break;
            case StreamSnapshot again:
                _storage.SaveAgain(again);
                break;
            case ForgetSnapshot forget:
                _storage.Forget(forget);
                break;
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
        _memory.BecomeRestored();
        switch (load.Source)
        {
            case RestoreSource.Initial:
                _state.LoadInitial(load.Version);
                _diary?.Begin(null);
                Own.Answer(Loaded(load.Version));
                break;
            case RestoreSource.Best:
                _state.LoadBest(load.Version);
                Own.Answer(Loaded(load.Version));
                break;
            default:
                if (_storage.Fetch(load) is { } answer)
                {
                    Own.Answer(answer);
                }

                break;
        }
    }

    /// <summary>A state that comes late, for a restore that another one has overtaken, is put
    /// aside.</summary>
    private void TakeOver(StateArrived arrived)
    {
        if (arrived.Generation == _restored)
        {
            _state.Load(arrived.State);
            _diary?.Begin(arrived.State.Diary);
            Own.Answer(Loaded(arrived.State.Version));
        }
    }

    private StateLoaded Loaded(long version) => new(
        _restored, version, _memory.HandleOf(version), _state.BestVersion,
        _diary?.VerdictAt(version) ?? EpochVerdict.Open);

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
            combine.Generation, combine.Step, _memory.OwnNormsHandle(combine.Step));
    }

    /// <summary>No answer if another slice is gone: this one is restored with it, and a refusal of
    /// its own would stand for the cause.</summary>
    private ParameterServerMessage? Apply(ApplyUpdate update)
    {
        string? refusal;
        BatchMetrics metrics;
        try
        {
            _context.Hooks.BeforeUpdate?.Invoke(_id, update.Step);
            refusal = _state.Apply(
                update.Step, update.Nodes, update.Partials, out metrics);
        }
        catch (NormsGoneException)
        {
            return null;
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

        _diary?.AddStep(update.Step, metrics, _context.WorkersAlive);
        return new UpdateApplied(
            update.Generation, update.Step, _memory.HandleOf(update.Step + 1));
    }

    private static UpdateFailed Failed(Generation generation, long step, Exception e) =>
        new(generation, step, e.Message, UpdateFailure.Thrown);

    private EvaluationReduced Reduce(ReduceEvaluation reduce)
    {
        EvaluationMetrics? metrics = reduce.Nodes.IsEmpty ? null : Sum(reduce);
        _memory.Forget(reduce.Evaluation);
        EpochJudgement judgement = default;
        if (reduce.Set == EvaluationSet.Validation)
        {
            judgement = Diary.CloseEpoch(reduce.Version, metrics);
        }
        else
        {
            Diary.AddTest(metrics!);
        }

        return new EvaluationReduced(
            reduce.Generation, reduce.Evaluation, judgement.Improved, judgement.Stop);
    }

    private EvaluationMetrics Sum(ReduceEvaluation reduce) => TreeFold.Root(
        new TreeNode(0, _context.Plan.MicrobatchesOf(reduce.Set)),
        [.. reduce.Nodes.Select(part => (part.Node, _memory.EvaluationOf(part.Tensor)))],
        EvaluationMetrics.Combine);
}
