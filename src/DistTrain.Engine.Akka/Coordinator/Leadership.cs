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
    private readonly LeadParts _parts;
    private readonly IActorContext _context;
    private readonly NodeNews _news;
    private readonly DateTimeOffset _beganAt;

    /// <param name="parts">What it is put together from.</param>
    /// <param name="context">Of the coordinator's actor.</param>
    public Leadership(LeadParts parts, IActorContext context)
    {
        (_parts, _context) = (parts, context);
        _news = new NodeNews(parts, () => Now);
        _beganAt = Now;
    }

    public RunId Run => _parts.Start.Run;

    public HeadContext State => _parts.State;

    public CheckpointCopies Copies => _parts.Copies;

    /// <summary>What lanes bring to it.</summary>
    public LeadingInbox Inbox => _parts.Inbox;

    /// <summary>Nodes that take part.</summary>
    public IReadOnlyList<Member> Members => _parts.Members.All;

    /// <summary>Times that a worker was lost or failed.</summary>
    public int WorkersLost { get; private set; }

    /// <summary>Every slice has begun, and the coordinator's role with them.</summary>
    public bool IsLeading { get; private set; }

    /// <summary>The node that hosts slice 0, and so the diary.</summary>
    public IActorRef? DiaryNode => _parts.Placement.NodeOf(new SliceId(0))?.Node;

    private DateTimeOffset Now => _context.System.Scheduler.Now;

    private INodeLog Log => _parts.Node.Log;

    /// <summary>Tells all heads who leads which run.</summary>
    public void Announce()
    {
        foreach (Address head in _parts.Cluster.Up(NodePaths.HeadRole))
        {
            NodePaths.Store(_context.System, head).Tell(_parts.Start.ToMessage());
        }
    }

    /// <summary>A node is there.</summary>
    public void OnJoin(JoinRun join, IActorRef sender)
    {
        Member? member = _parts.Members.Find(join.Node);
        if (member is not null && !member.Node.Equals(sender))
        {
            OnGone(member, "it has begun anew");
            member = null;
        }

        if (member is null)
        {
            if (_parts.Members.All.Count >= Engine.Akka.Members.Most)
            {
                sender.Tell(new NotWanted($"the run has {Engine.Akka.Members.Most} nodes already"));
                return;
            }

            member = _parts.Members.Add(join, sender, AddressOf(sender));
            _context.Watch(sender);
        }

        sender.Tell(new Admitted(
            member.Admission, Run.Value, member.Ordinal,
            NodeLinks.NameOf(_parts.Node.Links.Self)));
        if (join.Admission != member.Admission)
        {
            _news.Welcome(member);
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
        if (_parts.Placement.Has(hosted.Slice)
            && _parts.Placement.NodeOf(hosted.Slice) is { } member
            && member.Address == AddressOf(actor))
        {
            OnBegun(hosted.Slice, hosted.Incarnation, member, actor, path);
        }
    }

    /// <summary>A slice threw; it begins anew, and all are restored.</summary>
    /// <exception cref="InvariantException">It has thrown too often.</exception>
    public void OnThrew(SliceThrew threw)
    {
        var slice = new SliceId(threw.Slice);
        if (_parts.Placement.Has(slice)
            && _parts.Placement.Order(slice).Incarnation == threw.Incarnation)
        {
            Log.Warning($"slice {threw.Slice} threw: {threw.Cause}");
            _parts.Hosting.OnThrew(slice, threw.Cause);
            _news.TellPlaces();
            if (_parts.Hosting.HasThrownTooOften)
            {
                throw new InvariantException($"{threw.Cause} (slice {threw.Slice} throws again "
                    + "and again)");
            }
        }
    }

    /// <summary>A worker's computing threw; it was restarted and holds nothing.</summary>
    public void OnFailed(ComputationFailed failed)
    {
        if (_parts.Members.FindWorker(failed.Worker.Value) is { } member)
        {
            WorkersLost++;
            Log.Warning($"{member} failed in step {failed.Step}: {failed.Cause}");
            Receive(new WorkerFailed(failed.Worker, failed.Step, failed.Cause));
            Receive(new WorkerJoined(failed.Worker));
        }
    }

    /// <summary>A node leaves in order.</summary>
    public void OnFarewell(IActorRef node, string why)
    {
        if (_parts.Members.Find(node) is { } member)
        {
            member.IsLeaving = true;
            OnGone(member, why);
        }
    }

    /// <summary>The cluster has given a node up, or its actor is gone.</summary>
    public void OnTerminated(IActorRef node)
    {
        if (_parts.Members.Find(node) is { } member)
        {
            OnGone(member, "its node is gone");
        }
    }

    /// <summary>A node cannot be reached. A worker's work is given to others at once, and the
    /// cluster gives it up: nothing was lost with it, if it lives it joins anew by itself, and
    /// while it is doubted the split-brain resolver takes whoever doubts it and is lost next for
    /// half connected. Slices are given up only once the resolver has given up their node.
    /// </summary>
    public void OnUnreachable(Address address)
    {
        foreach (Member member in _parts.Members.All
            .Where(member => member.IsWorker && member.Address == address).ToArray())
        {
            OnGone(member, "it cannot be reached");
            _parts.Cluster.Down(address);
        }
    }

    /// <summary>Another head keeps a copy of a checkpoint, or says why not.</summary>
    public void OnKept(Address head, CheckpointKept kept) => Copies.OnKept(head, kept, Now);

    /// <summary>A worker wants to go. A node that has that number since did not ask.</summary>
    public void OnLeaving(WorkerLeaving leaving, IActorRef node)
    {
        Member? member = _parts.Members.FindWorker(leaving.Worker.Value);
        if (member is null || member.Node.Equals(node))
        {
            member?.IsLeaving = true;
            Receive(leaving);
        }
    }

    /// <summary>A message of the protocol.</summary>
    public void Receive(CoordinatorMessage message)
    {
        if (message is CheckpointSaved saved)
        {
            _parts.Store.OnSaved(saved.Version);
            Copies.OnSaved(saved.Version, Now);
        }

        if (IsLeading)
        {
            _parts.Runner.Receive(message);
        }
    }

    public void Tick()
    {
        if (IsLeading)
        {
            _parts.Runner.Tick();
        }
    }

    /// <summary>Looks after what may have been lost on its way.</summary>
    public void LookAround()
    {
        Announce(); // to heads that have come since, too
        _parts.Hosting.OrderAgain();
        Copies.Send(Now);
        _news.TellPlaces();
        TryLead();
    }

    /// <summary>Steps are done.</summary>
    public void OnSteps(StepsDone steps) => _parts.Head.Observer.OnStep(new StepProgress(
        steps.Step, steps.Epoch, new BatchMetrics(steps.LossSum, steps.Correct, steps.Samples),
        _parts.Members.Workers.Count()));

    public void Close() => State.Writer?.Close();

    private void OnReady(Member member, JoinRun join)
    {
        member.IsReady = true;
        Log.Information($"{member} is ready");
        if (member.IsWorker)
        {
            _news.TellPlaces();
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
            if (!IsLeading && join.Run == Run.Value)
            {
                _parts.Placement.TryAdopt(held, member, actor);
            }

            OnBegun(new SliceId(held.Slice), held.Incarnation, member, actor, held.Path);
        }
    }

    private void OnBegun(
        SliceId slice, long incarnation, Member member, IActorRef actor, string path)
    {
        if (!_parts.Placement.TryBegin(slice, incarnation, member, actor, path))
        {
            return;
        }

        _news.TellPlaces();
        if (_parts.Placement.TakeLoss(slice) is { } cause && IsLeading)
        {
            Receive(new SliceLost(slice, cause));
        }

        TryLead();
    }

    private void OnGone(Member member, string cause)
    {
        _parts.Members.Remove(member);
        _context.Unwatch(member.Node);
        _parts.Node.Links.Forget(member.Address);
        Log.Information($"{member} is gone: {cause}");
        if (member.IsWorker && member.IsReady)
        {
            WorkersLost += member.IsLeaving ? 0 : 1;
            _news.TellPlaces();
            Receive(new WorkerLost(member.Worker, cause));
        }

        if (_parts.Hosting.OnGone(member, $"{member} is gone: {cause}"))
        {
            _news.TellPlaces();
            TryLead();
        }
    }

    /// <summary>Begins to lead once every slice has begun somewhere.</summary>
    private void TryLead()
    {
        if (!IsLeading)
        {
            _parts.Hosting.TryPlace(
                _parts.Head.Settings.ParameterServerNodes, _parts.Cluster.Up(NodePaths.ServerRole),
                Now - _beganAt);
        }
        else
        {
            _parts.Hosting.PlaceHomeless();
        }

        if (IsLeading || !_parts.Placement.IsComplete)
        {
            return;
        }

        IsLeading = true;
        _news.TellPlaces();
        StepPlan steps = _parts.Head.Task.Steps;
        int shares = steps.LeavesOf(0);
        int workers = _parts.Head.Options.Workers;
        _parts.Head.Observer.OnStarted(new RunStart(
            Math.Max(0, _parts.Start.Version), steps.TotalSteps, steps.StepsPerEpoch,
            Math.Min(workers, shares), Math.Max(0, workers - shares),
            _parts.Head.Plan.Slices, 1, _parts.Head.Options.Isa));
        _parts.Role.Start();
        foreach (Member worker in _parts.Members.Workers.ToArray())
        {
            Receive(new WorkerJoined(worker.Worker));
        }
    }

    private Address AddressOf(IActorRef actor) =>
        actor.Path.Address.HasGlobalScope ? actor.Path.Address : _parts.Node.Links.Self;
}
