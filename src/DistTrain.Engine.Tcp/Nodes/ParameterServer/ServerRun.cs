using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>A parameter server's part in one run: its slices and the threads that they run on.
/// </summary>
internal sealed class ServerRun : IDisposable
{
    private readonly RoleContext _context;
    private readonly ServerRoutes _routes;
    private readonly Dispatcher _dispatcher;
    private readonly Ticker _ticker = new();
    private readonly Thread _thread;
    private readonly HeadEvents _events;

    public ServerRun(
        HeadEvent.Welcomed welcome, RunDescription description, TcpNodeOptions options,
        NodeTensors tensors, ServerRoutes routes, HeadEvents events)
    {
        _routes = routes;
        _events = events;
        TrainingTask task = description.TaskWithoutData();
        RunPlan plan = description.PlanOf(task);
        _context = new RoleContext(
            task, welcome.Run, plan, ParameterInterval.Cut(task.Layout.Count, plan.Slices),
            options.Isa, options.Hooks);
        Slices = new HostedSlices(
            _context, description.Encoding, options.Security.MemoryForTensors);
        routes.Here = Slices;
        Storages = new RemoteStorages(_context, welcome.Link, tensors.Documents, Slices);
        _dispatcher = new Dispatcher(
            Math.Min(options.Threads, Environment.ProcessorCount),
            () => string.Join("; ", Slices.All.Select(slice => slice.Role.Name)),
            spins: false);
        _dispatcher.Begin(); // messages come from outside: silence is no deadlock
        _thread = new Thread(Work) { IsBackground = true, Name = "parameter server" };
        _thread.Start();
    }

    public HostedSlices Slices { get; }

    public RemoteStorages Storages { get; }

    /// <summary>A worker has connected: it lacks what was published before.</summary>
    public void Welcome(WorkerId worker)
    {
        foreach (HostedSlice slice in Slices.All)
        {
            slice.Post(new WorkerWelcomed(worker));
        }
    }

    /// <summary>A slice begins here, holding nothing.</summary>
    /// <returns>Null if it does; else why not.</returns>
    public string? Host(HostSlice host)
    {
        if (host.Slice.Value == 0 || host.Slice.Value >= _context.Plan.Slices)
        {
            return $"slice {host.Slice.Value} is not a parameter server's";
        }

        Slices.Host(host.Slice, memory => SliceActors.Start(
            new SliceRole(
                _context, host.Slice, host.Incarnation, _routes, memory,
                Storages.New(host.Slice), diary: null),
            memory, _context, _dispatcher, _ticker));
        return null;
    }

    public void Dispose()
    {
        _ticker.Dispose();
        _dispatcher.Stop();
        _thread.Join();
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
