using Akka.Actor;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>A worker's part in one run: its actor, its memory, and the threads that it computes
/// with.</summary>
internal sealed class WorkerRun
{
    private readonly Welcomed _run;
    private readonly ComputeTeam _team;
    private readonly SliceTable _slices;
    private readonly IActorContext _parent;
    private readonly NodeInbox _inbox;

    private WorkerRun(
        Welcomed run, ComputeTeam team, SliceTable slices, IActorContext parent, NodeInbox inbox,
        IActorRef actor)
    {
        (_run, _team, _slices, _parent, _inbox, Actor) = (run, team, slices, parent, inbox, actor);
    }

    public IActorRef Actor { get; }

    public WorkerId Id => new(_run.Ordinal);

    /// <summary>Begins, holding nothing.</summary>
    /// <param name="run">Which worker, in which run.</param>
    /// <param name="data">Its data.</param>
    /// <param name="node">This node.</param>
    /// <param name="parent">Supervises the worker.</param>
    /// <param name="self">The parent.</param>
    /// <exception cref="NodeException">This program does not know such a run.</exception>
    public static WorkerRun Start(
        Welcomed run, DataSplit data, NodeContext node, IActorContext parent, IActorRef self)
    {
        RunDescription description = RunDescription.Parse(run.Description.Span);
        TrainingTask task = description.TaskOn(data);
        RunPlan plan = description.PlanOf(task);
        IReadOnlyList<ParameterInterval> intervals =
            ParameterInterval.Cut(task.Layout.Count, plan.Slices);
        var team = new ComputeTeam(node.Options.Threads);
        var context = new RoleContext(
            task, run.Run, plan, intervals, node.Options.Isa, node.Options.Hooks)
        {
            SkipsZeros = node.Options.SkipZeros,
            Team = team,
        };
        var memory = new NodeWorkerMemory(
            intervals, description.Encoding, plan.Staleness, TensorMemory.Own);
        var slices = new SliceTable(parent.System, node.Links);
        var routes = new WorkerRoutes(node.Coordinator, slices, self);
        var id = new WorkerId(run.Ordinal);
        IActorRef actor = parent.ActorOf(WorkerActor.Props(
            id,
            () =>
            {
                memory.Clear();
                return new WorkerRole(context, id, routes, memory);
            },
            node.Coordinator));
        node.Inbox.Tensors.Worker = memory;
        node.Inbox.Worker = new WorkerInbox(memory, actor);
        return new WorkerRun(run, team, slices, parent, node.Inbox, actor);
    }

    /// <summary>The same worker in the same run: only who leads is new.</summary>
    public bool Is(Welcomed other) =>
        (other.Run, other.Ordinal) == (_run.Run, _run.Ordinal)
        && other.Description.Span.SequenceEqual(_run.Description.Span);

    /// <summary>Another coordinator leads, and counts anew.</summary>
    public void Reset() => _slices.Reset();

    /// <summary>Read by the worker's actor while this actor writes: a reference is replaced.
    /// </summary>
    public void Take(SlicePlaces places) => _slices.Take(places);

    /// <summary>Stops computing, after the gradient under way.</summary>
    public void Close()
    {
        _inbox.Worker = null;

        // Its thread may be at a gradient, with the team.
        Actor.Tell(new BeginAnew(_team.Dispose));
        _parent.Stop(Actor);
    }
}
