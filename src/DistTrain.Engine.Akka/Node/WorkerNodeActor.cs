using Akka.Actor;
using Akka.Cluster;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>A worker's node: gets the run's data, lets a worker compute, and passes on to it what
/// comes without a tensor.</summary>
internal sealed class WorkerNodeActor : NodeActor
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LeaveAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LeaveAnyway = TimeSpan.FromSeconds(20);

    private readonly DataFetch _data;
    private WorkerRun? _run;
    private Welcomed? _wanted;
    private DateTimeOffset? _leavingSince;

    public WorkerNodeActor(
        NodeContext node, TaskCompletionSource<NodeOutcome> outcome, IClusterView? cluster)
        : base(node, outcome)
    {
        _data = new DataFetch(node, cluster ?? new ClusterView(Cluster.Get(Context.System)));
        Receive<DataArrived>(m => OnData(() => _data.Accept(m)));
        Receive<LookTick>(_ => OnData(_data.Look));
        Receive<LeaveTick>(_ => OnLeave());
        Receive<LetGo>(_ => Leave());
        Receive<SlicePlaces>(m => _run?.Take(m));
        Receive<BegunAnew>(m => BecomeReady(m.For));
        Receive<WorkerMessage>(m => _run?.Actor.Tell(m));
        Receive<WorkerBroke>(m => Crash(m.Failure));
    }

    protected override bool IsWorker => true;

    /// <param name="node">This node.</param>
    /// <param name="outcome">Set when it is to end.</param>
    /// <param name="cluster">Null: the one that the node's system is in.</param>
    public static Props Props(
        NodeContext node, TaskCompletionSource<NodeOutcome> outcome,
        IClusterView? cluster = null) =>
        global::Akka.Actor.Props.Create(() => new WorkerNodeActor(node, outcome, cluster))
            .WithDispatcher(Dispatchers.Compute);

    /// <summary>A throw while computing is the worker's failure: it is restarted. Anything else
    /// is a bug, and the node's end.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        failure =>
        {
            if (failure is ComputationException)
            {
                return Directive.Restart;
            }

            Self.Tell(new WorkerBroke(failure));
            return Directive.Stop;
        });

    protected override void Prepare(Welcomed run)
    {
        _wanted = run;
        if (_run is not null && _run.Is(run))
        {
            Begin(run);
            return;
        }

        _run?.Close();
        _run = null;
        OnData(() => _data.Begin(RunDescription.Parse(run.Description.Span), run.From));
    }

    protected override void OnEnd()
    {
        _run?.Close();
        _run = null;
        _data.Close();
    }

    /// <summary>Asks to be let go, again and again; who is not needed, or hears nothing, goes.
    /// </summary>
    protected override void OnLeave()
    {
        _leavingSince ??= Now;
        if (_run is null || Now - _leavingSince > LeaveAnyway)
        {
            Leave();
            return;
        }

        Node.Coordinator.Tell(new WorkerLeaving(_run.Id, "it was asked to leave"));
        Timers.StartSingleTimer(LeaveTick.Instance, LeaveTick.Instance, LeaveAgain);
    }

    /// <summary>Something has come of the data, or not.</summary>
    private void OnData(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e) when (e is DataException or NodeException)
        {
            Crash(e);
            return;
        }

        if (_wanted is { } wanted && _run is null && _data.Data is { } data)
        {
            _run = WorkerRun.Start(wanted, data, Node, Context, Self);
            Begin(wanted);
        }
        else if (_data.IsFetching)
        {
            Timers.StartSingleTimer(LookTick.Instance, LookTick.Instance, LookInterval);
        }
    }

    /// <summary>The worker holds nothing, whatever it held.</summary>
    private void Begin(Welcomed run)
    {
        IActorRef self = Self;
        _run!.Reset();
        _run.Actor.Tell(new BeginAnew(() => self.Tell(new BegunAnew(run))));
    }

    private sealed record BegunAnew(Welcomed For);

    private sealed record WorkerBroke(Exception Failure);

    private sealed record LeaveTick
    {
        public static readonly LeaveTick Instance = new();
    }
}
