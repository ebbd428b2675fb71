using Akka.Actor;
using Akka.Cluster;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// The coordinator on Akka.NET: a cluster singleton on a head. It keeps nothing that it could not
/// learn anew: it asks the heads what they keep and the parameter servers what they hold.
/// <para>
///     Waiting ──LeadFrom──► Leading ──RunEndedHere, a bug──► Ending
/// </para>
/// </summary>
internal sealed class CoordinatorActor : ReceiveActor, IWithTimers
{
    private const string SurveyName = "survey";

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    private readonly HeadParts _parts;
    private readonly HeadNode _head;
    private Leadership? _lead;
    private RunEnd? _end;

    public CoordinatorActor(HeadParts parts)
    {
        (_parts, _head) = (parts, parts.Head);
        Become(Waiting);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(HeadParts parts) =>
        global::Akka.Actor.Props.Create(() => new CoordinatorActor(parts))
            .WithDispatcher(Dispatchers.Compute);

    protected override void PreStart()
    {
        _head.Log.Debug("this head's coordinator begins");
        Context.ActorOf(SurveyActor.Props(_parts), SurveyName);
    }

    protected override void PostStop()
    {
        _parts.Inbox.Leading = null;
        _lead?.Close();
    }

    /// <summary>A bug here ends the run, with the checkpoints that there are: not the process, and
    /// not only this actor.</summary>
    protected override bool AroundReceive(Receive receive, object message)
    {
        try
        {
            return base.AroundReceive(receive, message);
        }
#pragma warning disable CA1031 // Whatever it throws is how the run ends.
        catch (Exception e) when (_lead is not null && _end is null)
#pragma warning restore CA1031
        {
            BecomeEnding(e);
            return true;
        }
    }

    private void Waiting()
    {
        Receive<LeadFrom>(Lead);
        Receive<HeadsMissing>(
            m => _head.Result.TrySetException(new NodeException(m.Why)));
        Receive<StopRun>(_ => Stop());

        // Of this head's own store: what others keep is for who led before.
        Receive<CheckpointKept>(
            m => Context.Child(SurveyName).Forward(m),
            _ => Sender.Path.Address.HasLocalScope);
        ReceiveAny(_ => { }); // whoever matters says it again
    }

    private void Leading()
    {
        Receive<RoleTick>(_ => _lead!.Tick());
        Receive<WorkerLeaving>(m => _lead!.OnLeaving(m, Sender));
        Receive<CoordinatorMessage>(m => _lead!.Receive(m));
        Receive<JoinRun>(m => _lead!.OnJoin(m, Sender));
        Receive<SliceHosted>(m => _lead!.OnHosted(m, Sender));
        Receive<SliceThrew>(m => _lead!.OnThrew(m));
        Receive<ComputationFailed>(m => _lead!.OnFailed(m));
        Receive<Farewell>(m => _lead!.OnFarewell(Sender, m.Why));
        Receive<Terminated>(m => _lead!.OnTerminated(m.ActorRef));
        Receive<ClusterEvent.UnreachableMember>(m => _lead!.OnUnreachable(m.Member.Address));
        Receive<CheckpointKept>(m => _lead!.OnKept(Sender.Path.Address, m));
        Receive<StepsDone>(m => _lead!.OnSteps(m));
        Receive<EpochDone>(m => _head.Observer.OnEpoch(m.ToRecord()));
        Receive<LookTick>(_ => _lead!.LookAround());
        Receive<StopRun>(_ => Stop());
        Receive<BugFound>(m => BecomeEnding(m.Failure));
        Receive<RunEndedHere>(_ => BecomeEnding(failure: null));
        Receive<Deposed>(m =>
        {
            _head.Log.Warning($"another head leads, by {m.Generation}: this one stands down");
            Context.Stop(Self);
        });
        ReceiveAny(_ => { });
    }

    private void Ending()
    {
        Receive<DiaryArrived>(m => _end!.OnDiary(m));
        Receive<CheckpointKept>(m => _lead!.OnKept(Sender.Path.Address, m));
        Receive<CheckpointSaved>(m => _lead!.Receive(m));
        Receive<LookTick>(_ => _end!.Look());
        Receive<JoinRun>(_ => _end!.Tell(Sender));
        Receive<RunOverHeard>(_ => _end!.OnHeard(Sender.Path.Address));
        Receive<Terminated>(m => _end!.OnGone(m.ActorRef));
        ReceiveAny(_ => { });
    }

    private void Lead(LeadFrom start)
    {
        _lead = new Leadership(new LeadParts(_parts, Context, start), Context);
        _parts.Inbox.Leading = _lead.Inbox;
        _lead.Announce();
        _head.Log.Information(start.Version >= 0
            ? $"this head leads, with the checkpoint of step {start.Version}"
            : "this head leads");
        _parts.Cluster.Subscribe(Self);
        RoleTick.Start(Timers);
        Timers.StartPeriodicTimer(LookTick.Instance, LookTick.Instance, LookInterval);
        Become(Leading);
    }

    private void Stop()
    {
        if (_lead is { IsLeading: true })
        {
            _lead.Receive(new StopRequested());
            return;
        }

        _lead ??= new Leadership(new LeadParts(_parts, Context, LeadFrom.Nothing), Context);
        _lead.State.Ending = new EndRun(
            RunOutcome.Interrupted, 0, "it was still waiting for other nodes");
        BecomeEnding(failure: null);
    }

    private void BecomeEnding(Exception? failure)
    {
        if (_end is null)
        {
            Timers.CancelAll();
            Timers.StartPeriodicTimer(LookTick.Instance, LookTick.Instance, LookInterval);
            _end = new RunEnd(_parts, Context, _lead!, failure);
            Become(Ending);
            _end.Look();
        }
    }
}
