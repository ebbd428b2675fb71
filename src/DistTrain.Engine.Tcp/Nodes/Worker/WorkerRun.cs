using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>A worker's part in one run: its role, its memory, and the thread that it computes on.
/// </summary>
internal sealed class WorkerRun : IDisposable
{
    private readonly Dispatcher _dispatcher;
    private readonly RoleActor<WorkerMessage> _actor;
    private readonly Thread _thread;
    private readonly ComputeTeam _team;
    private readonly HeadEvents _events;

    /// <param name="welcome">Which worker, in which run.</param>
    /// <param name="description">The run.</param>
    /// <param name="data">Its data.</param>
    /// <param name="options">Threads and instruction set.</param>
    /// <param name="routes">To the other roles.</param>
    /// <param name="events">Hears of a bug.</param>
    public WorkerRun(
        HeadEvent.Welcomed welcome, RunDescription description, DataSplit data,
        TcpNodeOptions options, IRoutes routes, HeadEvents events)
    {
        Welcome = welcome;
        _events = events;
        _team = new ComputeTeam(options.Threads);
        TrainingTask task = description.TaskOn(data);
        RunPlan plan = description.PlanOf(task);
        IReadOnlyList<ParameterInterval> intervals =
            ParameterInterval.Cut(task.Layout.Count, plan.Slices);
        var context = new RoleContext(
            task, welcome.Run, plan, intervals, options.Isa, options.Hooks)
        {
            SkipsZeros = options.SkipZeros,
            Team = _team,
        };
        Memory = new NodeWorkerMemory(
            intervals, description.Encoding, plan.Staleness, options.Security.MemoryForTensors);
        _dispatcher = new Dispatcher(threads: 1, () => _actor!.Describe(), spins: false);
        _dispatcher.Begin(); // messages come from outside: silence is no deadlock
        _actor = new RoleActor<WorkerMessage>(
            new SupervisedWorker(context, new WorkerId(welcome.Ordinal), routes, Memory),
            _dispatcher, new Place(0), MailboxCapacity.OfWorker(plan));
        _thread = new Thread(Work) { IsBackground = true, Name = "worker" };
        _thread.Start();
    }

    public HeadEvent.Welcomed Welcome { get; }

    public NodeWorkerMemory Memory { get; }

    /// <summary>The same worker in the same run: only the connection is new.</summary>
    public bool Is(HeadEvent.Welcomed welcome) =>
        (welcome.Run, welcome.Ordinal) == (Welcome.Run, Welcome.Ordinal)
        && welcome.Description.Span.SequenceEqual(Welcome.Description.Span);

    /// <summary>Begins with nothing, and says so to the head.</summary>
    public void BeginAnew(Link link) => _actor.Post(new BeginAnew(
        () => link.TrySend(new NodeReady(Welcome.Ordinal, string.Empty))));

    /// <summary>By a receiving thread, which computes what follows: no other has to be woken, and
    /// meanwhile what comes waits in the connection.</summary>
    public void Post(WorkerMessage message) => _actor.PostAndRun(message);

    /// <summary>Stops computing, after the gradient under way.</summary>
    public void Dispose()
    {
        _dispatcher.Stop();
        _thread.Join();

        // A receiving thread may be at it, with the team.
        SpinWait.SpinUntil(() => !_actor.IsRunning || _dispatcher.Failure is not null);
        _team.Dispose();
    }

    private void Work()
    {
        _dispatcher.Run();
        if (_dispatcher.Failure is { } failure)
        {
            _events.Post(new HeadEvent.Crashed(failure));
        }
    }
}
