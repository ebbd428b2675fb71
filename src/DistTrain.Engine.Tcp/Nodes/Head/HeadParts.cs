using DistTrain.Engine;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tcp;

/// <summary>What a head is put together from, for a run.</summary>
internal sealed class HeadParts
{
    private long _incarnations;

    public HeadParts(
        RoleContext context, HeadContext head, Dispatcher dispatcher, RunDescription description,
        DataPackage package, CoordinatorOptions options, TensorMemory memory)
    {
        (Context, Head, Dispatcher) = (context, head, dispatcher);
        Slices = new HostedSlices(context, description.Encoding, memory);
        Tensors.Slices = Slices;
        Placement = new SlicePlacement(context.Plan.Slices);
        Routes = new HeadRoutes(Members, Slices, Placement);
        CoordinatorRole = new CoordinatorRole(
            head, new Coordinator(context.Run, context.Plan, options), Routes, dispatcher.Stop);
        Coordinator = new RoleActor<CoordinatorMessage>(
            CoordinatorRole, dispatcher, new Place(0),
            MailboxCapacity.OfCoordinator(context.Plan, TcpLimits.Nodes));
        Routes.Coordinator = Coordinator;
        Data = new DataServer(package, Tensors.Documents);
        Checkpoints = new CheckpointStreams(context, head, Tensors.Documents, Coordinator.Post);
    }

    public RoleContext Context { get; }

    public HeadContext Head { get; }

    public Dispatcher Dispatcher { get; }

    public Members Members { get; } = new();

    public NodeTensors Tensors { get; } = new();

    public HostedSlices Slices { get; }

    public SlicePlacement Placement { get; }

    public HeadRoutes Routes { get; }

    public CoordinatorRole CoordinatorRole { get; }

    public RoleActor<CoordinatorMessage> Coordinator { get; }

    public DataServer Data { get; }

    public CheckpointStreams Checkpoints { get; }

    /// <summary>Ticks for the roles here.</summary>
    public Ticker Ticker { get; } = new();

    /// <summary>For a slice that begins with nothing, wherever it does: higher than all before it.
    /// The head gives them all, and what it gave ends with it, so no clock is needed.</summary>
    public long NextIncarnation() => Interlocked.Increment(ref _incarnations);

    /// <summary>A slice begins here, holding nothing.</summary>
    public void HostHere(SliceId slice)
    {
        ParameterInterval interval = Context.Intervals[slice.Value];
        Slices.Host(slice, memory => SliceActors.Start(
            new SliceRole(
                Context, slice, NextIncarnation(), Routes, memory,
                new HeadStorage(Head, interval, Coordinator.Post),
                slice.Value == 0 ? Head.Recorder : null),
            memory, Context, Dispatcher, Ticker));
        Placement.Move(slice, null);
    }

    /// <summary>How many workers take part, for progress.</summary>
    public void CountWorkers() => Context.WorkersAlive = Members.ReadyWorkers;
}
