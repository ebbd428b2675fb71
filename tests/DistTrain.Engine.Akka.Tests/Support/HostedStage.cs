using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>All slices of a run as actors on one node; the test leads them.</summary>
internal sealed class HostedStage
{
    public const int Incarnation = 1;

    private readonly List<IActorRef> _slices = [];

    public HostedStage(
        TestKitBase kit, TrainingTask task, int slices, EngineHooks? hooks = null)
    {
        Node = new NodeStage(kit, task, slices, hooks);
        Hosted = new HostedSlices(Node.Context, TensorEncoding.Binary32, TensorMemory.Own);
        Node.Inbox.Tensors.Slices = Hosted;
        for (int i = 0; i < slices; i++)
        {
            Host(kit.Sys, new SliceId(i));
        }
    }

    public NodeStage Node { get; }

    public HostedSlices Hosted { get; }

    /// <summary>The parameter servers, by slice.</summary>
    public IReadOnlyList<IActorRef> Slices => _slices;

    /// <summary>Where they are, for all who send to them.</summary>
    public SlicePlaces Places => new(
        1, [.. _slices.Select(slice => slice.Path.ToStringWithAddress(Node.Self))]);

    /// <summary>Restores all, names who computes, and allows steps.</summary>
    public void Begin(Generation generation, long limit, params int[] workers)
    {
        foreach (IActorRef slice in _slices)
        {
            slice.Tell(new WorkerPlaces(1, [0], [NodeLinks.NameOf(Node.Self)]));
            slice.Tell(Places);
            slice.Tell(new RestoreSlice(generation, Incarnation, RestoreSource.Initial, 0));
        }

        _slices[0].Tell(new SetAssignment(
            generation, new Assignment(1, [.. workers.Select(id => new WorkerId(id))])));
        Allow(generation, limit);
    }

    public void Allow(Generation generation, long limit)
    {
        foreach (IActorRef slice in _slices)
        {
            slice.Tell(new AllowSteps(generation, limit));
        }
    }

    /// <summary>What the coordinator was told since it was asked last, once slice 0 has heard all
    /// that it was sent.</summary>
    public IReadOnlyList<object> Heard()
    {
        _slices[0].Tell(new Identify(null), Node.Coordinator);
        var heard = new List<object>();
        object next = Node.Coordinator.ExpectMsg<object>();
        while (next is not ActorIdentity)
        {
            heard.Add(next);
            next = Node.Coordinator.ExpectMsg<object>();
        }

        return heard;
    }

    /// <summary>The parameters of a version, where the slices hold them.</summary>
    public string HashOf(long version)
    {
        float[] all = [.. Hosted.All.SelectMany(
            slice => slice.Memory.Parameters(version).ToArray())];
        return ParameterHash.Sha256(all);
    }

    private void Host(ActorSystem system, SliceId id)
    {
        var workers = new WorkerTable(system, Node.Links);
        var routes = new SliceRoutes(
            Node.Coordinator, new SliceTable(system, Node.Links), workers, Hosted);
        Hosted.Host(id, memory =>
        {
            var storage = new RemoteStorages(
                Node.Context, Node.Links.To(Node.Self), Node.Inbox.Tensors.Documents, Hosted);
            var role = new SliceRole(
                Node.Context, id, Incarnation, routes, memory, storage.New(id),
                id.Value == 0 ? new RunRecorder(Node.Context.Task, new Watcher()) : null);
            IActorRef actor = system.ActorOf(ParameterServerActor.Props(role, routes));
            _slices.Add(actor);
            return new SliceHost(
                role, message => actor.Tell(message), message => actor.Tell(message),
                () => system.Stop(actor));
        });
    }
}
