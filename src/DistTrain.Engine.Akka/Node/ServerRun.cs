using Akka.Actor;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>A parameter server's part in one run: its slices.</summary>
internal sealed class ServerRun
{
    private readonly Welcomed _run;
    private readonly NodeContext _node;
    private readonly IActorContext _parent;
    private readonly IActorRef _self;
    private readonly RoleContext _context;
    private readonly HostedSlices _slices;
    private readonly RemoteStorages _storages;
    private readonly RunRecorder _diary;
    private readonly RedirectedLink _head = new();
    private readonly Dictionary<SliceId, HostedActor> _actors = [];
    private readonly Dictionary<SliceId, SliceThrew> _thrown = [];
    private long _places = -1;

    /// <param name="run">The run.</param>
    /// <param name="node">This node.</param>
    /// <param name="parent">Supervises the slices.</param>
    /// <param name="self">The parent.</param>
    /// <exception cref="NodeException">This program does not know such a run.</exception>
    public ServerRun(Welcomed run, NodeContext node, IActorContext parent, IActorRef self)
    {
        (_run, _node, _parent, _self) = (run, node, parent, self);
        RunDescription description = RunDescription.Parse(run.Description.Span);
        TrainingTask task = description.TaskWithoutData();
        RunPlan plan = description.PlanOf(task);
        _context = new RoleContext(
            task, run.Run, plan, ParameterInterval.Cut(task.Layout.Count, plan.Slices),
            node.Options.Isa, node.Options.Hooks);
        _slices = new HostedSlices(
            _context, description.Encoding, TensorMemory.Own);
        _storages = new RemoteStorages(_context, _head, node.Inbox.Tensors.Documents, _slices);
        _diary = new RunRecorder(task, new ProgressReporter(node.Coordinator));
        node.Inbox.Tensors.Slices = _slices;
        node.Inbox.Storages = _storages;
    }

    /// <summary>The slices here.</summary>
    public IEnumerable<SliceHeld> Held => _actors.Select(slice => new SliceHeld(
        slice.Key.Value, slice.Value.Incarnation, PathOf(slice.Value.Actor)));

    /// <summary>Slices that threw here, and why, of which the coordinator has not said where they
    /// begin anew.</summary>
    public IEnumerable<SliceThrew> Thrown => _thrown.Values;

    public bool Is(Welcomed other) =>
        other.Run == _run.Run && other.Description.Span.SequenceEqual(_run.Description.Span);

    /// <summary>Copies for checkpoints go there from now on. Whoever lets this node in takes a
    /// slice that is not held here for lost anyway.</summary>
    public void BecomeLedFrom(Address head)
    {
        _head.Target = _node.Links.To(head);
        _thrown.Clear();
    }

    /// <summary>A slice begins here, holding nothing.</summary>
    /// <returns>Null if it does, or has begun; else why not.</returns>
    public string? Host(HostSlice host)
    {
        if (host.Slice.Value >= _context.Plan.Slices)
        {
            return $"the run has {_context.Plan.Slices} slices";
        }

        if (_actors.TryGetValue(host.Slice, out HostedActor? before)
            && before.Incarnation >= host.Incarnation)
        {
            return before.Incarnation == host.Incarnation ? null : "a later one is here";
        }

        _thrown.Remove(host.Slice);
        _slices.Host(host.Slice, memory => NewHost(host, memory));

        // Only now, as the slice: what it sends when it is restored is read from its place here.
        _node.Coordinator.Tell(
            new SliceHosted(host.Slice, host.Incarnation), _actors[host.Slice].Actor);
        return null;
    }

    /// <summary>The coordinator says where the slices are: one that it knows at another place is
    /// left over from before it was moved there. A late word of one before it says nothing.
    /// </summary>
    public void Take(SlicePlaces places)
    {
        if (places.Number <= _places)
        {
            return;
        }

        _places = places.Number;
        foreach ((SliceId slice, HostedActor hosted) in _actors)
        {
            string path = slice.Value < places.Addresses.Length
                ? places.Addresses[slice.Value]
                : string.Empty;
            if (path.Length > 0 && path != PathOf(hosted.Actor))
            {
                _actors.Remove(slice);
                _slices.Remove(slice);
            }
        }
    }

    /// <summary>A slice's actor has thrown.</summary>
    public void OnThrew(IActorRef actor, Exception failure)
    {
        foreach ((SliceId slice, HostedActor hosted) in _actors)
        {
            if (hosted.Actor.Equals(actor))
            {
                _actors.Remove(slice);
                _slices.Remove(slice);
                _thrown[slice] = new SliceThrew(
                    slice.Value, hosted.Incarnation, failure.Message);
                _self.Tell(_thrown[slice]);
                return;
            }
        }
    }

    /// <summary>Sends the diary to the coordinator's node.</summary>
    public void SendDiary()
    {
        Documents documents = _node.Inbox.Tensors.Documents;
        if (_slices.Find(new SliceId(0)) is null)
        {
            return;
        }

        TensorHandle json = documents.Add(TensorEncoding.Bytes, _diary.ToState().ToJson());
        documents.TrySend(_head, new DiaryCopy(_run.Run, json), json);
    }

    public void Close()
    {
        _node.Inbox.Storages = null;
        foreach (HostedActor hosted in _actors.Values)
        {
            _parent.Stop(hosted.Actor);
        }
    }

    private SliceHost NewHost(HostSlice host, NodeSliceMemory memory)
    {
        var routes = new SliceRoutes(
            _node.Coordinator, new SliceTable(_parent.System, _node.Links),
            new WorkerTable(_parent.System, _node.Links), _slices);
        var role = new SliceRole(
            _context, host.Slice, host.Incarnation, routes, memory, _storages.New(host.Slice),
            host.Slice.Value == 0 ? _diary : null);
        IActorRef actor = _parent.ActorOf(
            ParameterServerActor.Props(role, routes),
            $"slice-{host.Slice.Value}-{host.Incarnation}");
        _actors[host.Slice] = new HostedActor(actor, host.Incarnation);
        return new SliceHost(
            role, message => actor.Tell(message), message => actor.Tell(message),
            () => _parent.Stop(actor));
    }

    private string PathOf(IActorRef actor) =>
        actor.Path.ToStringWithAddress(_node.Links.Self);

    private sealed record HostedActor(IActorRef Actor, long Incarnation);
}
