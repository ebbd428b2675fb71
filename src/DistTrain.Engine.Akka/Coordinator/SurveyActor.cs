using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// Finds out for a coordinator that begins where it is to begin: asks the heads what they keep,
/// and fetches the newest checkpoint if another one has it; from the next one if that one goes or
/// cannot send it. Tells its parent <see cref="LeadFrom"/> and is done. Its parent passes on what
/// this head's store says of checkpoints.
/// <para>
///     Surveying ──all have answered, or 5 s──► Fetching ──it is kept, or 60 s──► done
/// </para>
/// </summary>
internal sealed class SurveyActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SurveyPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FetchPatience = TimeSpan.FromSeconds(60);

    private readonly HeadStore _store;
    private readonly INodeLog _log;
    private readonly IClusterView _cluster;
    private readonly StoreSurvey _survey;
    private readonly DateTimeOffset _beganAt;
    private long _wanted;
    private Address _source = Address.AllSystems;
    private DateTimeOffset _askedAt;

    public SurveyActor(HeadStore store, NodeContext node, IClusterView cluster)
    {
        (_store, _log, _cluster) = (store, node.Log, cluster);
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
        Receive<CheckpointKept>(m =>
        {
            if (m.Version >= _wanted)
            {
                End();
            }
        });
        Receive<CheckpointNotThere>(m =>
        {
            if (m.Version == _wanted && Sender.Path.Address == _source)
            {
                _log.Warning($"another head's newest checkpoint is not to be had: {m.Why}");
                GoWithoutSource();
            }
        });
        Receive<LookTick>(_ =>
        {
            if (!_cluster.Up(NodePaths.HeadRole).Contains(_source))
            {
                _log.Information("the head that sends its newest checkpoint goes");
                GoWithoutSource();
            }
            else if (Now - _askedAt > FetchPatience)
            {
                _log.Warning("another head's newest checkpoint did not come");
                GoWithoutSource();
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
        Become(Fetching);
        Fetch(run);
    }

    private void GoWithoutSource()
    {
        _survey.Forget(_source);
        Fetch(new RunId(_store.Describe(_survey.Id).Run));
    }

    /// <summary>The newest checkpoint, if it is not here.</summary>
    private void Fetch(RunId run)
    {
        (_wanted, _source) = _survey.NewestOf(run.Value);
        if (_wanted <= _store.Describe(_survey.Id).Version)
        {
            End();
            return;
        }

        _askedAt = Now;
        _log.Information(
            $"fetching the checkpoint of step {_wanted} from {NodeLinks.NameOf(_source)}");
        NodePaths.Store(Context.System, _source).Tell(new FetchCheckpoint(run.Value, _wanted));
    }

    private void End()
    {
        StoreDescribed own = _store.Describe(_survey.Id);
        Context.Parent.Tell(new LeadFrom(new RunId(own.Run), own.Version, own.Coordinator));
        Context.Stop(Self);
    }
}
