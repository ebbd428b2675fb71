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
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    private readonly HeadNode _head;
    private readonly HeadStore _store;
    private readonly NodeContext _node;
    private readonly HeadInbox _inbox;
    private readonly IClusterView _cluster;
    private Leadership? _lead;
    private RunEnd? _end;

    public CoordinatorActor(
        HeadNode head, HeadStore store, NodeContext node, HeadInbox inbox, IClusterView cluster)
    {
        (_head, _store, _node, _inbox, _cluster) = (head, store, node, inbox, cluster);
        Become(Waiting);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        HeadNode head, HeadStore store, NodeContext node, HeadInbox inbox, IClusterView cluster) =>
        global::Akka.Actor.Props.Create(
            () => new CoordinatorActor(head, store, node, inbox, cluster))
            .WithDispatcher(Dispatchers.Compute);

    protected override void PreStart()
    {
        _head.Log.Debug("this head's coordinator begins");
        Context.ActorOf(SurveyActor.Props(_store, _node, _cluster), "survey");
    }

    protected override void PostStop()
    {
        _inbox.Leading = null;
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
        Receive<StopRun>(_ => StopBeforeStart());
        ReceiveAny(_ => { }); // whoever matters says it again
    }

    private void Leading()
    {
        Receive<RoleTick>(_ => _lead!.Tick());
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
        _lead = new Leadership(
            new LeadParts(_head, _node, _store, _cluster, Context, start), Context);
        _inbox.Leading = _lead.Inbox;
        foreach (Address head in _cluster.Up(NodePaths.HeadRole))
        {
            NodePaths.Store(Context.System, head).Tell(start.ToMessage());
        }

        _head.Log.Information(start.Version >= 0
            ? $"this head leads, with the checkpoint of step {start.Version}"
            : "this head leads");
        _cluster.Subscribe(Self);
        RoleTick.Start(Timers);
        Timers.StartPeriodicTimer(LookTick.Instance, LookTick.Instance, LookInterval);
        Become(Leading);
    }

    private void Stop()
    {
        if (_lead!.IsLeading)
        {
            _lead.Receive(new StopRequested());
        }
        else
        {
            StopBeforeStart();
        }
    }

    private void StopBeforeStart()
    {
        _lead ??= new Leadership(
            new LeadParts(
                _head, _node, _store, _cluster, Context,
                new LeadFrom(new RunId(Guid.NewGuid()), -1, 0)),
            Context);
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
            _end = new RunEnd(_head, _node, _cluster, Context, _lead!, failure);
            Become(Ending);
            _end.Look();
        }
    }

    private sealed record LookTick
    {
        public static readonly LookTick Instance = new();
    }
}
