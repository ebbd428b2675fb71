using Akka.Actor;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka;

/// <summary>What a coordinator's lead over a run is put together from.</summary>
internal sealed class LeadParts
{
    /// <param name="parts">Of the head.</param>
    /// <param name="context">Of the coordinator's actor.</param>
    /// <param name="start">Where to begin.</param>
    public LeadParts(HeadParts parts, IActorContext context, LeadFrom start)
    {
        (HeadNode head, HeadStore store, NodeContext node, _, IClusterView cluster) = parts;
        IActorRef self = context.Self;
        ActorSystem system = context.System;
        (Head, Node, Store, Cluster, Start) = (head, node, store, cluster, start);
        State = new HeadContext(
            head.Task, head.Plan.Slices, head.Options.ResumeFrom, store.Files, head.Observer);
        State.Writer = store.Files is { } files
            ? new CheckpointWriter(files, new WriterWork(self), message => self.Tell(message))
            : null;
        Copies = new CheckpointCopies(
            node, cluster, store.Files, start.ToMessage(),
            address => NodePaths.Store(system, address));
        var placement = new SlicePlacement(head.Plan.Slices, start.Number);
        Hosting = new SliceHosting(placement, Members, node.Log);
        var routes = new CoordinatorRoutes(
            Members, placement, generation => self.Tell(new Deposed(generation.ToString())));
        Role = new CoordinatorRole(
            State, new Coordinator(start.Run, head.Plan, start.ToOptions(head.Options)), routes,
            () => self.Tell(new RunEndedHere()));
        Runner = new RoleRunner<CoordinatorMessage>(Role, self);
        var run = new RoleContext(
            head.Task, start.Run, head.Plan, head.Intervals, head.Options.Isa,
            head.Settings.Hooks);
        Inbox = new LeadingInbox(
            new CheckpointStreams(
                run, State, node.Inbox.Tensors.Documents, message => self.Tell(message)),
            self, failure => self.Tell(new BugFound(failure)));
    }

    public HeadNode Head { get; }

    public NodeContext Node { get; }

    public HeadStore Store { get; }

    public IClusterView Cluster { get; }

    public LeadFrom Start { get; }

    /// <summary>Checkpoints, saved states, the diary's copy, how the run ended.</summary>
    public HeadContext State { get; }

    public CheckpointCopies Copies { get; }

    public Members Members { get; } = new();

    public SliceHosting Hosting { get; }

    public SlicePlacement Placement => Hosting.Placement;

    public CoordinatorRole Role { get; }

    public RoleRunner<CoordinatorMessage> Runner { get; }

    /// <summary>What lanes bring to the head that leads.</summary>
    public LeadingInbox Inbox { get; }
}
