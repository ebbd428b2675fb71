using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// Finds out for a coordinator that begins where it is to begin: waits until all heads have come,
/// unless one has led in this cluster before; asks them what they keep, and fetches the newest
/// checkpoint if another one has it; from the next one if that one goes or cannot send it. Tells
/// its parent <see cref="LeadFrom"/> and is done. Its parent passes on what this head's store says
/// of checkpoints.
/// <para>
///     Surveying ──all have come and answered, or not for 5 s──► Fetching ──it is kept──► done
/// </para>
/// </summary>
internal sealed class SurveyActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SurveyPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FetchPatience = TimeSpan.FromSeconds(60);

    private readonly HeadStore _store;
    private readonly int _heads;
    private readonly TimeSpan _wait;
    private readonly INodeLog _log;
    private readonly IClusterView _cluster;
    private readonly StoreSurvey _survey;
    private bool _hasWaited;
    private DateTimeOffset? _completeAt;
    private long _wanted;
    private Address _source = Address.AllSystems;
    private DateTimeOffset _askedAt;

    public SurveyActor(HeadParts parts)
    {
        (_store, _cluster, _log) = (parts.Store, parts.Cluster, parts.Node.Log);
        (_heads, _wait) = (parts.Head.Settings.Heads, parts.Head.Settings.Wait);
        _survey = new StoreSurvey(parts.Node.Links.Self, _store);
        Become(Surveying);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static DateTimeOffset Now => Context.System.Scheduler.Now;

    public static Props Props(HeadParts parts) =>
        global::Akka.Actor.Props.Create(() => new SurveyActor(parts));

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
            foreach (Address head in _survey.Awaited(_cluster.Up(NodePaths.HeadRole)))
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
                _log.Warning(
                    $"{NodeLinks.NameOf(_source)} cannot give away its checkpoint: {m.Why}");
                GoWithoutSource();
            }
        });
        Receive<LookTick>(_ =>
        {
            if (!_cluster.Up(NodePaths.HeadRole).Contains(_source))
            {
                _log.Information(
                    $"{NodeLinks.NameOf(_source)} is gone: its checkpoint does not come");
                GoWithoutSource();
            }
            else if (Now - _askedAt > FetchPatience)
            {
                _log.Warning(
                    $"the checkpoint of step {_wanted} did not come from "
                    + $"{NodeLinks.NameOf(_source)} for {FetchPatience.TotalSeconds:0} s");
                GoWithoutSource();
            }
        });
    }

    /// <summary>All heads have come, and answered or will not.</summary>
    private void TryConclude()
    {
        IReadOnlyList<Address> up = _cluster.Up(NodePaths.HeadRole);
        if (up.Count < _heads && !_survey.IsLed)
        {
            WaitForHeads(_heads - up.Count);
            return;
        }

        _completeAt ??= Now;
        if (_survey.Awaited(up).Count > 0 && Now - _completeAt < SurveyPatience)
        {
            return;
        }

        var run = new RunId(_survey.Run ?? Guid.NewGuid());
        _store.BeginRun(run, LeadFrom.NumberAfter(_survey.Coordinator, DateTimeOffset.UtcNow));
        Become(Fetching);
        Fetch(run);
    }

    private void WaitForHeads(int missing)
    {
        if (!_hasWaited)
        {
            _hasWaited = true;
            _log.Information($"waiting for {missing} more head{(missing == 1 ? "" : "s")}");
        }

        if (Now - _store.JoinedAt > _wait)
        {
            Context.Parent.Tell(new HeadsMissing(
                $"{missing} of {_heads} heads did not come for {_wait.TotalSeconds:0} s: "
                + "giving up"));
            Context.Stop(Self);
        }
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
