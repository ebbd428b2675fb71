using Akka.Actor;
using Akka.Cluster;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// The coordinator on Akka.NET: a cluster singleton on a head. It keeps nothing that it could not
/// learn anew: it asks the heads what they keep and the parameter servers what they hold.
/// <para>
///     Surveying ──► Fetching ──► Leading ──► Ending     Fetching: another head has a newer
///         └────────────────────────►                    checkpoint
/// </para>
/// </summary>
internal sealed class CoordinatorActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SurveyPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FetchPatience = TimeSpan.FromSeconds(60);

    private readonly HeadNode _head;
    private readonly HeadStore _store;
    private readonly NodeContext _node;
    private readonly HeadInbox _inbox;
    private readonly IClusterView _cluster;
    private readonly DateTimeOffset _beganAt;
    private readonly StoreSurvey _survey;
    private Leadership? _lead;
    private RunEnd? _end;

    public CoordinatorActor(
        HeadNode head, HeadStore store, NodeContext node, HeadInbox inbox, IClusterView cluster)
    {
        (_head, _store, _node, _inbox, _cluster) = (head, store, node, inbox, cluster);
        _beganAt = Now;
        _survey = new StoreSurvey(cluster.Up(NodePaths.HeadRole), node.Links.Self, store);
        Become(Surveying);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static DateTimeOffset Now => Context.System.Scheduler.Now;

    public static Props Props(
        HeadNode head, HeadStore store, NodeContext node, HeadInbox inbox, IClusterView cluster) =>
        global::Akka.Actor.Props.Create(
            () => new CoordinatorActor(head, store, node, inbox, cluster))
            .WithDispatcher(Dispatchers.Compute);

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(LookTick.Instance, LookTick.Instance, TimeSpan.Zero, AskInterval);
        _head.Log.Debug("this head's coordinator begins");
    }

    protected override void PostStop()
    {
        _inbox.Leading = null;
        _lead?.Close();
    }

    private void Surveying()
    {
        Receive<StoreDescribed>(m =>
        {
            _survey.Add(Sender.Path.Address, m);
            TryConclude();
        });
        Receive<LookTick>(_ =>
        {
            Ask();
            TryConclude();
        });
        Receive<StopRun>(_ => StopBeforeStart());
        ReceiveAny(_ => { }); // whoever matters says it again
    }

    private void Fetching()
    {
        Receive<CheckpointKept>(_ => Lead());
        Receive<CheckpointNotThere>(m =>
        {
            _head.Log.Warning($"another head's newest checkpoint is not to be had: {m.Why}");
            Lead();
        });
        Receive<LookTick>(_ =>
        {
            if (Now - _beganAt > FetchPatience)
            {
                Lead();
            }
        });
        Receive<StopRun>(_ => StopBeforeStart());
        ReceiveAny(_ => { });
    }

    private void Leading()
    {
        Receive<RoleTick>(_ => Guarded(_lead!.Tick));
        Receive<CoordinatorMessage>(m => Guarded(() => _lead!.Receive(m)));
        Receive<JoinRun>(m => Guarded(() => _lead!.OnJoin(m, Sender)));
        Receive<SliceHosted>(m => Guarded(() => _lead!.OnHosted(m, Sender)));
        Receive<SliceThrew>(m => Guarded(() => OnThrew(m)));
        Receive<ComputationFailed>(m => Guarded(() => _lead!.OnFailed(m)));
        Receive<Farewell>(m => Leave(m, Sender));
        Receive<Terminated>(m => Lose(m.ActorRef, "its node is gone"));
        Receive<ClusterEvent.UnreachableMember>(m => LoseWorker(m.Member.Address));
        Receive<CheckpointKept>(m => _lead!.Copies.OnKept(Sender.Path.Address, m, Now));
        Receive<StepsDone>(m => _lead!.OnSteps(m));
        Receive<EpochDone>(m => _head.Observer.OnEpoch(m.ToRecord()));
        Receive<LookTick>(_ => Guarded(_lead!.LookAround));
        Receive<StopRun>(_ => Guarded(Stop));
        Receive<BugFound>(m => Fail(m.Failure));
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
        Receive<CheckpointKept>(m => _lead!.Copies.OnKept(Sender.Path.Address, m, Now));
        Receive<CheckpointSaved>(m => _lead!.Receive(m));
        Receive<LookTick>(_ => _end!.Look());
        Receive<JoinRun>(_ => _end!.Tell(Sender));
        ReceiveAny(_ => { });
    }

    private void Ask()
    {
        foreach (Address head in _survey.Awaited)
        {
            NodePaths.Store(Context.System, head).Tell(new DescribeStore(_survey.Id));
        }
    }

    /// <summary>All heads that are up have answered, or will not.</summary>
    private void TryConclude()
    {
        if (_survey.Awaited.Count > 0 && Now - _beganAt < SurveyPatience)
        {
            return;
        }

        var run = new RunId(_survey.Run ?? Guid.NewGuid());
        _store.BeginRun(run, LeadFrom.NumberAfter(_survey.Coordinator, Now));
        (long version, Address head) = _survey.NewestOf(run.Value);
        if (version > _store.Describe(_survey.Id).Version)
        {
            _head.Log.Information(
                $"fetching the checkpoint of step {version} from {NodeLinks.NameOf(head)}");
            NodePaths.Store(Context.System, head).Tell(new FetchCheckpoint(run.Value, version));
            Become(Fetching);
        }
        else
        {
            Lead();
        }
    }

    private void Lead()
    {
        StoreDescribed own = _store.Describe(_survey.Id);
        var start = new LeadFrom(new RunId(own.Run), own.Version, own.Coordinator);
        _lead = new Leadership(_head, _node, _store, _cluster, Context, start);
        _inbox.Leading = _lead.Inbox;
        foreach (Address head in _cluster.Up(NodePaths.HeadRole))
        {
            NodePaths.Store(Context.System, head).Tell(new RunLed(own.Run, own.Coordinator));
        }

        _head.Log.Information(own.Version >= 0
            ? $"this head leads, with the checkpoint of step {own.Version}"
            : "this head leads");
        _cluster.Subscribe(Self);
        RoleTick.Start(Timers);
        Become(Leading);
    }

    private void OnThrew(SliceThrew threw)
    {
        _lead!.OnThrew(threw);
        if (_lead.HasThrownTooOften)
        {
            Fail(new InvariantException($"slice {threw.Slice} throws again and again: "
                + threw.Cause));
        }
    }

    private void Leave(Farewell farewell, IActorRef node) => Guarded(() => _lead!.OnGone(
        member =>
        {
            bool isIt = member.Node.Equals(node);
            member.IsLeaving |= isIt;
            return isIt;
        },
        farewell.Why));

    private void Lose(IActorRef node, string cause) => Guarded(() =>
        _lead!.OnGone(member => member.Node.Equals(node), cause));

    /// <summary>Its work is given to others at once. If it can be reached again it joins anew;
    /// whatever it sends until then is as good as any.</summary>
    private void LoseWorker(Address address) => Guarded(() => _lead!.OnGone(
        member => member.IsWorker && member.Address == address, "it cannot be reached"));

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
            _head, _node, _store, _cluster, Context,
            new LeadFrom(new RunId(Guid.NewGuid()), -1, 0));
        _lead.State.Ending = new EndRun(
            RunOutcome.Interrupted, 0, "it was still waiting for other nodes");
        BecomeEnding(failure: null);
    }

    /// <summary>A bug here ends the run, with the checkpoints that there are.</summary>
    private void Guarded(Action turn)
    {
        try
        {
            turn();
        }
#pragma warning disable CA1031 // Whatever it throws: the run ends with it, not the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
    }

    private void Fail(Exception failure) => BecomeEnding(failure);

    private void BecomeEnding(Exception? failure)
    {
        if (_end is null)
        {
            Timers.CancelAll();
            Timers.StartPeriodicTimer(LookTick.Instance, LookTick.Instance, AskInterval);
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
