using Akka.Actor;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// A coordinator's lead over a run: the nodes that take part, where the slices are, checkpoints,
/// and the coordinator's role. Begins when every slice has begun somewhere, or is found at work.
/// Called by the coordinator's actor alone.
/// </summary>
internal sealed class Leadership
{
    private static readonly TimeSpan WelcomeAgain = TimeSpan.FromSeconds(2);

    private readonly HeadNode _head;
    private readonly NodeContext _node;
    private readonly IClusterView _cluster;
    private readonly IActorContext _context;
    private readonly HeadStore _store;
    private readonly RoleContext _run;
    private readonly CoordinatorRole _role;
    private readonly RoleRunner<CoordinatorMessage> _runner;
    private readonly SliceHosting _hosting;
    private readonly Members _members = new();
    private readonly DateTimeOffset _beganAt;
    private long _places;
    private bool _isLeading;

    /// <param name="head">This head.</param>
    /// <param name="node">Links.</param>
    /// <param name="store">What this head keeps.</param>
    /// <param name="cluster">Which nodes there are.</param>
    /// <param name="context">Of the coordinator's actor.</param>
    /// <param name="start">Where to begin.</param>
    public Leadership(
        HeadNode head, NodeContext node, HeadStore store, IClusterView cluster,
        IActorContext context, LeadFrom start)
    {
        (_head, _node, _store, _cluster, _context) = (head, node, store, cluster, context);
        IActorRef self = context.Self;
        _run = new RoleContext(
            head.Task, start.Run, head.Plan, head.Intervals, head.Options.Isa,
            head.Settings.Hooks);
        State = new HeadContext(
            head.Task, head.Plan.Slices, head.Options.ResumeFrom, store.Files, head.Observer);
        State.Writer = store.Files is { } files
            ? new CheckpointWriter(files, new WriterWork(self), message => self.Tell(message))
            : null;
        var placement = new SlicePlacement(head.Plan.Slices, start.Number);
        _places = (long)start.Number << 32;
        _hosting = new SliceHosting(placement, _members, node.Log);
        var routes = new CoordinatorRoutes(
            _members, placement, generation => self.Tell(new Deposed(generation.ToString())));
        _role = new CoordinatorRole(
            State, new Coordinator(start.Run, head.Plan, start.ToOptions(head.Options)), routes,
            () => self.Tell(new RunEndedHere()));
        _runner = new RoleRunner<CoordinatorMessage>(_role, self);
        Copies = new CheckpointCopies(node, cluster, store.Files);
        Inbox = new LeadingInbox(
            new CheckpointStreams(
                _run, State, node.Inbox.Tensors.Documents, message => self.Tell(message)),
            self, failure => self.Tell(new BugFound(failure)));
        _beganAt = Now;
        FirstVersion = start.Version;
    }

    public HeadContext State { get; }

    public RunId Run => _run.Run;

    public CheckpointCopies Copies { get; }

    /// <summary>What lanes bring to it.</summary>
    public LeadingInbox Inbox { get; }

    public IReadOnlyList<Member> Members => _members.All;

    /// <summary>Times that a worker was lost or failed.</summary>
    public int WorkersLost { get; private set; }

    /// <summary>The version of the checkpoint that it would begin from; 0: none.</summary>
    public long FirstVersion { get; }

    public bool IsLeading => _isLeading;

    /// <summary>A slice threw more often than can be chance.</summary>
    public bool HasThrownTooOften => _hosting.HasThrownTooOften;

    /// <summary>The node that hosts slice 0, and so the diary.</summary>
    public IActorRef? DiaryNode => _hosting.Placement.NodeOf(new SliceId(0))?.Node;

    private DateTimeOffset Now => _context.System.Scheduler.Now;

    /// <summary>A node is there.</summary>
    public void OnJoin(JoinRun join, IActorRef sender)
    {
        Member? member = _members.Find(join.Node);
        if (member is not null && !member.Node.Equals(sender))
        {
            OnGone(member, "it has begun anew");
            member = null;
        }

        if (member is null)
        {
            if (_members.All.Count >= Engine.Akka.Members.Most)
            {
                sender.Tell(new NotWanted($"the run has {Engine.Akka.Members.Most} nodes already"));
                return;
            }

            member = _members.Add(join, sender, AddressOf(sender));
            _context.Watch(sender);
        }

        sender.Tell(new Admitted(member.Admission, Run.Value, member.Ordinal));
        if (join.Admission != member.Admission)
        {
            Welcome(member);
        }
        else if (!member.IsReady)
        {
            OnReady(member, join);
        }
        else if (!member.IsWorker)
        {
            OnHeld(member, join);
        }
    }

    /// <summary>A parameter server of a slice has begun.</summary>
    public void OnHosted(SliceHosted hosted, IActorRef actor)
    {
        string path = actor.Path.ToStringWithAddress(AddressOf(actor));
        if (_hosting.Placement.NodeOf(hosted.Slice) is { } member
            && member.Address == AddressOf(actor))
        {
            OnBegun(hosted.Slice, hosted.Incarnation, member, actor, path);
        }
    }

    /// <summary>A slice threw; it begins anew, and all are restored.</summary>
    public void OnThrew(SliceThrew threw)
    {
        var slice = new SliceId(threw.Slice);
        if (_hosting.Placement.Order(slice).Incarnation == threw.Incarnation)
        {
            _head.Log.Warning($"slice {threw.Slice} threw: {threw.Cause}");
            _hosting.OnThrew(slice, threw.Cause);
            TellPlaces();
        }
    }

    /// <summary>A worker's computing threw; it was restarted and holds nothing.</summary>
    public void OnFailed(ComputationFailed failed)
    {
        if (_members.FindWorker(failed.Worker.Value) is { } member)
        {
            WorkersLost++;
            _head.Log.Warning($"{member} failed in step {failed.Step}: {failed.Cause}");
            Receive(new WorkerFailed(failed.Worker, failed.Step, failed.Cause));
            Receive(new WorkerJoined(failed.Worker));
        }
    }

    /// <summary>A node is gone, or cannot be reached. A worker that can again joins anew; slices
    /// are given up only once the cluster has given up their node.</summary>
    public void OnGone(Predicate<Member> which, string cause)
    {
        foreach (Member member in _members.All.Where(member => which(member)).ToArray())
        {
            OnGone(member, cause);
        }
    }

    /// <summary>A message of the protocol.</summary>
    public void Receive(CoordinatorMessage message)
    {
        if (message is WorkerLeaving leaving
            && _members.FindWorker(leaving.Worker.Value) is { } member)
        {
            member.IsLeaving = true;
        }

        if (message is CheckpointSaved saved)
        {
            _store.OnSaved(saved.Version);
            Copies.OnSaved(saved.Version, Now);
        }

        if (_isLeading)
        {
            _runner.Receive(message);
        }
    }

    public void Tick()
    {
        if (_isLeading)
        {
            _runner.Tick();
        }
    }

    /// <summary>Looks after what may have been lost on its way.</summary>
    public void LookAround()
    {
        _hosting.OrderAgain();
        Copies.Send(Now);
        TryLead();
    }

    /// <summary>Steps are done.</summary>
    public void OnSteps(StepsDone steps) => _head.Observer.OnStep(new StepProgress(
        steps.Step, steps.Epoch, new BatchMetrics(steps.LossSum, steps.Correct, steps.Samples),
        _members.Workers.Count()));

    public void Close() => State.Writer?.Close();

    private void Welcome(Member member)
    {
        if (Now - member.WelcomedAt < WelcomeAgain)
        {
            return;
        }

        member.WelcomedAt = Now;
        Documents documents = _node.Inbox.Tensors.Documents;
        TensorHandle description = documents.Add(TensorEncoding.Bytes, _head.Description);
        documents.TrySend(
            _node.Links.To(member.Address), new Welcome(Run, member.Ordinal, description),
            description);
    }

    private void OnReady(Member member, JoinRun join)
    {
        member.IsReady = true;
        _head.Log.Information($"{member} is ready");
        if (member.IsWorker)
        {
            TellPlaces();
            Receive(new WorkerJoined(member.Worker));
        }
        else
        {
            OnHeld(member, join);
            TryLead();
        }
    }

    /// <summary>What a parameter server hosts: slices from before, and such as have begun without
    /// a word that came here.</summary>
    private void OnHeld(Member member, JoinRun join)
    {
        foreach (SliceHeld held in join.Slices)
        {
            IActorRef actor = SlicePlace.At(held.Path, _context.System).Actor;
            if (!_isLeading && join.Run == Run.Value)
            {
                _hosting.Placement.TryAdopt(held, member, actor);
            }

            OnBegun(new SliceId(held.Slice), held.Incarnation, member, actor, held.Path);
        }
    }

    private void OnBegun(
        SliceId slice, long incarnation, Member member, IActorRef actor, string path)
    {
        if (!_hosting.Placement.TryBegin(slice, incarnation, member, actor, path))
        {
            return;
        }

        TellPlaces();
        if (_hosting.Placement.TakeLoss(slice) is { } cause && _isLeading)
        {
            Receive(new SliceLost(slice, cause));
        }

        TryLead();
    }

    private void OnGone(Member member, string cause)
    {
        _members.Remove(member);
        _context.Unwatch(member.Node);
        _node.Links.Forget(member.Address);
        _head.Log.Information($"{member} is gone: {cause}");
        if (member.IsWorker && member.IsReady)
        {
            WorkersLost += member.IsLeaving ? 0 : 1;
            TellPlaces();
            Receive(new WorkerLost(member.Worker, cause));
        }

        if (_hosting.OnGone(member, $"{member} is gone: {cause}"))
        {
            TellPlaces();
        }
    }

    /// <summary>Begins to lead once every slice has begun somewhere.</summary>
    private void TryLead()
    {
        if (!_isLeading)
        {
            _hosting.TryPlace(
                _head.Settings.ParameterServerNodes, _cluster.Up(NodePaths.ServerRole),
                Now - _beganAt);
        }
        else
        {
            _hosting.PlaceHomeless();
        }

        if (_isLeading || !_hosting.Placement.IsComplete)
        {
            return;
        }

        _isLeading = true;
        TellPlaces();
        int shares = _head.Task.Steps.LeavesOf(0);
        _head.Observer.OnStarted(new RunStart(
            FirstVersion, _head.Task.Steps.TotalSteps, _head.Task.Steps.StepsPerEpoch,
            Math.Min(_head.Options.Workers, shares), Math.Max(0, _head.Options.Workers - shares),
            _head.Plan.Slices, 1, _head.Options.Isa));
        _role.Start();
        foreach (Member worker in _members.Workers.ToArray())
        {
            Receive(new WorkerJoined(worker.Worker));
        }
    }

    /// <summary>To each slice where the workers are, to all where the slices are: before any
    /// message that rests on it.</summary>
    private void TellPlaces()
    {
        Member[] workers = [.. _members.Workers];
        SlicePlaces slices = _hosting.Placement.ToMessage();
        var places = new WorkerPlaces(
            ++_places, [.. workers.Select(worker => worker.Ordinal)],
            [.. workers.Select(worker => NodeLinks.NameOf(worker.Address))]);
        foreach (IActorRef slice in _hosting.Placement.Actors)
        {
            slice.Tell(places);
            slice.Tell(slices);
        }

        foreach (Member member in _members.All)
        {
            member.Node.Tell(slices);
        }
    }

    private Address AddressOf(IActorRef actor) =>
        actor.Path.Address.HasGlobalScope ? actor.Path.Address : _node.Links.Self;
}
