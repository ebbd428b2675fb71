using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// A node's part in a run: tells whoever leads that it is there, again and again, is let in, gets
/// the run, and is ready.
/// <para>
///     Waiting ──Admitted, Welcome──► Preparing ──► Ready    another admission: from the start
/// </para>
/// </summary>
internal abstract class NodeActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan JoinInterval = TimeSpan.FromMilliseconds(250);

    private readonly TaskCompletionSource<NodeOutcome> _outcome;
    private readonly DateTimeOffset _startedAt;
    private Admitted? _admitted;
    private Welcomed? _welcomed;
    private Guid _ready;
    private DateTimeOffset _heardAt;

    /// <param name="node">This node.</param>
    /// <param name="outcome">Set when it is to end.</param>
    protected NodeActor(NodeContext node, TaskCompletionSource<NodeOutcome> outcome)
    {
        Node = node;
        _outcome = outcome;
        _startedAt = Now;
        _heardAt = Now;
        Receive<JoinTick>(_ => OnJoinTick());
        Receive<Admitted>(OnAdmitted);
        Receive<Welcomed>(OnWelcomed);
        Receive<NotWanted>(m => End(NodeOutcome.Failed, $"this node is not wanted: {m.Why}"));
        Receive<RunOver>(OnRunOver);
        Receive<BugInLane>(m => Crash(m.Failure));
        Receive<LeaveNode>(_ => OnLeave());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected NodeContext Node { get; }

    protected abstract bool IsWorker { get; }

    /// <summary>Slices hosted here.</summary>
    protected virtual IEnumerable<SliceHeld> Slices => [];

    protected static DateTimeOffset Now => Context.System.Scheduler.Now;

    protected override void PreStart()
    {
        Node.Inbox.Node = Self;
        Timers.StartPeriodicTimer(
            JoinTick.Instance, JoinTick.Instance, TimeSpan.Zero, JoinInterval);
    }

    /// <summary>The run has come, or the node is let in anew: prepares for it and calls
    /// <see cref="BecomeReady"/>, at once or later.</summary>
    protected abstract void Prepare(Welcomed run);

    /// <summary>The run is over, or the node has no coordinator.</summary>
    protected virtual void OnEnd()
    {
    }

    /// <summary>Tells whoever leads what may have been lost on its way.</summary>
    protected virtual void SayAgain()
    {
    }

    /// <summary>Its user wants it to leave.</summary>
    protected virtual void OnLeave() => Leave();

    /// <summary>It has all that it needs for <paramref name="run"/>, if that is still what it was
    /// let in for.</summary>
    protected void BecomeReady(Welcomed run)
    {
        if (_welcomed == run && _admitted is { } admitted)
        {
            _ready = admitted.Admission;
            Join();
        }
    }

    protected void Leave()
    {
        Node.Coordinator.Tell(new Farewell("it was asked to leave", IsDone: false));
        End(NodeOutcome.Left, "left the run");
    }

    /// <summary>A bug, or a run that this program does not know: ends the node.</summary>
    protected void Crash(Exception failure)
    {
        OnEnd();
        _outcome.TrySetException(failure);
        BecomeOver();
    }

    protected void End(NodeOutcome outcome, string why)
    {
        OnEnd();
        if (outcome == NodeOutcome.Failed)
        {
            Node.Log.Warning(why);
        }
        else
        {
            Node.Log.Information(why);
        }

        _outcome.TrySetResult(outcome);
        BecomeOver();
    }

    /// <summary>Nothing more is said or heard: the process ends the system.</summary>
    private void BecomeOver()
    {
        Timers.CancelAll();
        Become(() => ReceiveAny(_ => { }));
    }

    private void OnJoinTick()
    {
        TimeSpan silence = Now - _heardAt;
        if (silence > Node.Options.Wait)
        {
            End(NodeOutcome.Failed,
                $"no coordinator for {Node.Options.Wait.TotalSeconds:0} s: giving up");
        }
        else
        {
            Join();
            SayAgain();
        }
    }

    private void Join() => Node.Coordinator.Tell(new JoinRun(
        Node.Id, IsWorker, Node.IsHead, Node.Options.Name, ThisProgram.Version, _ready,
        _admitted?.Ordinal ?? -1, _admitted?.Run ?? Guid.Empty, [.. Slices]));

    private void OnAdmitted(Admitted admitted)
    {
        if (_heardAt == _startedAt)
        {
            Node.Log.Debug("let in by the coordinator");
        }

        _heardAt = Now;
        if (admitted.Admission != _admitted?.Admission)
        {
            _admitted = admitted;
            TryPrepare();
        }
    }

    private void OnWelcomed(Welcomed welcomed)
    {
        _heardAt = Now;
        _welcomed = welcomed;
        TryPrepare();
    }

    /// <summary>Both words have come: of the lane and beside it they overtake each other.
    /// </summary>
    private void TryPrepare()
    {
        bool fit = _admitted is { } admitted && _welcomed is { } welcomed
            && admitted.Run == welcomed.Run.Value && admitted.Ordinal == welcomed.Ordinal
            && admitted.Leader == NodeLinks.NameOf(welcomed.From)
            && admitted.Admission != _ready;
        if (!fit)
        {
            return;
        }

        try
        {
            Prepare(_welcomed!);
        }
        catch (NodeException e)
        {
            Crash(e);
        }
    }

    private void OnRunOver(RunOver over) => End(
        NodeOutcome.RunOver, $"the run is over: {over.Outcome}");

    private sealed record JoinTick
    {
        public static readonly JoinTick Instance = new();
    }
}

/// <summary>The node's user wants it to leave.</summary>
internal sealed record LeaveNode;
