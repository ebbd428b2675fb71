using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>A parameter server, the numbers of its slice, and what it needs of disks.</summary>
internal sealed class SliceHost : RoleHost
{
    private readonly int _slice;
    private SliceCopy? _kept;
    private LoadState? _loading;
    private int _requests;
    private int _ticksSinceRequest;

    public SliceHost(Process process, int slice, long incarnation)
        : base(process, Address.Slice(slice), process.World.Roles.NewParameterServer(
            process.World.Run, process.World.Scenario.Plan, new SliceId(slice),
            incarnation))
    {
        _slice = slice;
        Incarnation = incarnation;
        State = World.Computation.NewSlice(slice);
    }

    public ISliceState State { get; }

    public long Incarnation { get; }

    protected override void Execute(Effect effect)
    {
        switch (effect)
        {
            case LoadState e: Load(e); break;
            case CombineGradient e:
                Answer(World.Scenario.Costs.UpdateMicros / 2, new GradientCombined(
                    e.Generation, e.Step, State.Partials(e.Step, e.Nodes)));
                break;
            case ApplyUpdate e: Apply(e); break;
            case ReduceEvaluation e: Reduce(e); break;
            case SaveSnapshot e:
                Require(State.Version == e.Version, "a snapshot is of the version held");
                _kept = State.Copy();
                Stream(e.Generation, e.Version);
                break;
            case StreamSnapshot e: Stream(e.Generation, e.Version); break;
            case ForgetSnapshot e:
                _kept = _kept?.Version == e.Version ? null : _kept;
                break;
            case CopyToBest e:
                Require(State.Version == e.Version, "the best copy is of the version held");
                State.KeepBest();
                World.Watch.SliceChanged(this, e, State);
                break;
            default:
                throw new CheckFailedException(
                    "effects", $"a slice has no {effect.GetType().Name}");
        }
    }

    /// <summary>Asks heads again for a checkpoint that has not come.</summary>
    public void AskAgain()
    {
        if (_loading is not { } load || ++_ticksSinceRequest < EngineTimes.RetryTicks)
        {
            return;
        }

        if (_requests < EngineTimes.LoadRequests)
        {
            Request(load);
            return;
        }

        _loading = null;
        Answer(0, new LoadFailed(
            load.Generation, $"no head has a good checkpoint of step {load.Version}"));
    }

    public void OnReply(CheckpointReply reply)
    {
        if (_loading is not { } load || load.Version != reply.Version || reply.File is null)
        {
            return;
        }

        _loading = null;
        State.Load(reply.File.Slices[_slice]);
        Loaded(load, World.Scenario.Costs.UpdateMicros);
    }

    private void Load(LoadState load)
    {
        _loading = null;
        switch (load.Source)
        {
            case RestoreSource.Initial:
                State.LoadInitial();
                Loaded(load, World.Scenario.Costs.UpdateMicros);
                break;
            case RestoreSource.Best:
                Require(State.TryLoadBest(load.Version), "the best copy asked for is kept");
                Loaded(load, World.Scenario.Costs.UpdateMicros);
                break;
            default:
                _loading = load;
                _requests = 0;
                Request(load);
                break;
        }
    }

    private void Request(LoadState load)
    {
        _ticksSinceRequest = 0;
        _requests++;
        for (int head = 0; head < World.Scenario.Heads; head++)
        {
            Process.SendToEngine(head, new CheckpointRequest(load.Version, _slice));
        }
    }

    private void Loaded(LoadState load, long micros)
    {
        World.Watch.SliceChanged(this, load, State);
        Answer(micros, new StateLoaded(
            load.Generation, load.Version, State.Parameters, State.BestVersion,
            State.Diary.VerdictAt(World.Scenario.Plan, load.Version)));
    }

    private void Apply(ApplyUpdate update)
    {
        Require(State.Version == update.Step, "an update is of the version held");
        if (Process.Node.UpdateThrows is { } fault)
        {
            Process.Node.UpdateThrows = null;
            fault.HadAnEffect();
            Answer(World.Scenario.Costs.UpdateMicros, new UpdateFailed(
                update.Generation, update.Step, "it threw", UpdateFailure.Thrown));
            return;
        }

        State.Apply(update.Step, update.Nodes, update.Partials);
        World.Watch.SliceChanged(this, update, State);
        Answer(World.Scenario.Costs.UpdateMicros, new UpdateApplied(
            update.Generation, update.Step, State.Parameters));
    }

    private void Reduce(ReduceEvaluation reduce)
    {
        Require(State.Version == reduce.Version, "an evaluation is of the version held");
        Verdict verdict = State.Reduce(reduce.Set, reduce.Nodes);
        World.OnMilestone();
        World.Watch.Evaluated(reduce, verdict);
        World.Watch.SliceChanged(this, reduce, State);
        Answer(World.Scenario.Costs.UpdateMicros, new EvaluationReduced(
            reduce.Generation, reduce.Evaluation, verdict.Improved, verdict.Stop));
    }

    private void Stream(Generation generation, long version)
    {
        if (_kept?.Version == version && Process.Directory.Head >= 0)
        {
            Process.SendToEngine(
                Process.Directory.Head, new SnapshotPart(_slice, generation, _kept));
        }
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new CheckFailedException("effects", $"not so: {what}");
        }
    }
}
