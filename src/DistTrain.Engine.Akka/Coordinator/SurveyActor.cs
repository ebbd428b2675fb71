using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// Finds out for a coordinator that begins where it is to begin: asks the heads what they keep,
/// and fetches the newest checkpoint if another one has it. Tells its parent <see cref="LeadFrom"/>
/// and is done.
/// </summary>
internal sealed class SurveyActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SurveyPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FetchPatience = TimeSpan.FromSeconds(60);

    private readonly HeadStore _store;
    private readonly INodeLog _log;
    private readonly StoreSurvey _survey;
    private readonly DateTimeOffset _beganAt;

    public SurveyActor(HeadStore store, NodeContext node, IClusterView cluster)
    {
        (_store, _log) = (store, node.Log);
        _beganAt = Now;
        _survey = new StoreSurvey(cluster.Up(NodePaths.HeadRole), node.Links.Self, store);
        Become(Surveying);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static DateTimeOffset Now => Context.System.Scheduler.Now;

    public static Props Props(HeadStore store, NodeContext node, IClusterView cluster) =>
        global::Akka.Actor.Props.Create(() => new SurveyActor(store, node, cluster));

    protected override void PreStart() => Timers.StartPeriodicTimer(
        LookTick.Instance, LookTick.Instance, TimeSpan.Zero, AskInterval);

    private void Surveying()
    {
        Receive<StoreDescribed>(m =>
        {
            _survey.Add(Sender.Path.Address, m);
            TryConclude();
        });
        Receive<LookTick>(_ =>
        {
            foreach (Address head in _survey.Awaited)
            {
                NodePaths.Store(Context.System, head).Tell(new DescribeStore(_survey.Id));
            }

            TryConclude();
        });
    }

    private void Fetching()
    {
        Receive<CheckpointKept>(_ => End());
        Receive<CheckpointNotThere>(m =>
        {
            _log.Warning($"another head's newest checkpoint is not to be had: {m.Why}");
            End();
        });
        Receive<LookTick>(_ =>
        {
            if (Now - _beganAt > FetchPatience)
            {
                _log.Warning("another head's newest checkpoint did not come");
                End();
            }
        });
    }

    /// <summary>All heads that are up have answered, or will not.</summary>
    private void TryConclude()
    {
        if (_survey.Awaited.Count > 0 && Now - _beganAt < SurveyPatience)
        {
            return;
        }

        var run = new RunId(_survey.Run ?? Guid.NewGuid());
        _store.BeginRun(run, LeadFrom.NumberAfter(_survey.Coordinator, DateTimeOffset.UtcNow));
        (long version, Address head) = _survey.NewestOf(run.Value);
        if (version > _store.Describe(_survey.Id).Version)
        {
            _log.Information(
                $"fetching the checkpoint of step {version} from {NodeLinks.NameOf(head)}");
            NodePaths.Store(Context.System, head).Tell(new FetchCheckpoint(run.Value, version));
            Become(Fetching);
        }
        else
        {
            End();
        }
    }

    private void End()
    {
        StoreDescribed own = _store.Describe(_survey.Id);
        Context.Parent.Tell(new LeadFrom(new RunId(own.Run), own.Version, own.Coordinator));
        Context.Stop(Self);
    }
}
