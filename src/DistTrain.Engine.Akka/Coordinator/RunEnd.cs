using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// How a coordinator ends a run: gets the diary from slice 0's node, waits until the other heads
/// have the last checkpoint, writes the model, and tells everybody.
/// </summary>
internal sealed class RunEnd
{
    private static readonly TimeSpan DiaryPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CopiesPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromSeconds(15);

    private readonly HeadNode _head;
    private readonly NodeContext _node;
    private readonly IClusterView _cluster;
    private readonly IActorContext _context;
    private readonly Leadership _lead;
    private readonly Exception? _failure;
    private readonly DateTimeOffset _beganAt;
    private readonly HashSet<Address> _heard = [];
    private readonly HashSet<IActorRef> _gone = [];
    private DateTimeOffset _toldAt;
    private DiaryState? _diary;
    private RunOver? _over;
    private Action _setResult = () => { };

    /// <param name="parts">Of the head.</param>
    /// <param name="context">Of the coordinator's actor.</param>
    /// <param name="lead">Its lead.</param>
    /// <param name="failure">The bug that ended the run; null: the protocol did.</param>
    public RunEnd(
        HeadParts parts, IActorContext context, Leadership lead, Exception? failure)
    {
        (_head, _, _node, _, _cluster) = parts;
        (_context, _lead, _failure) = (context, lead, failure);
        _beganAt = Now;
    }

    private DateTimeOffset Now => _context.System.Scheduler.Now;

    private TimeSpan Waited => Now - _beganAt;

    public void OnDiary(DiaryArrived arrived)
    {
        _diary ??= DiaryState.Parse(arrived.Json.Span);
        Look();
    }

    /// <summary>Another head has all of the result.</summary>
    public void OnHeard(Address head)
    {
        _heard.Add(head);
        Look();
    }

    /// <summary>A node has gone.</summary>
    public void OnGone(IActorRef node)
    {
        _gone.Add(node);
        Look();
    }

    /// <summary>Goes on as far as it can.</summary>
    public void Look()
    {
        if (_over is not null)
        {
            SayFarewell(_over);
            return;
        }

        bool wantsDiary = _diary is null && _lead.IsLeading && _lead.DiaryNode is not null
            && Waited < DiaryPatience;
        if (wantsDiary)
        {
            _lead.DiaryNode!.Tell(new RequestDiary(_lead.Run));
        }
        else if (_lead.Copies.AreComplete || Waited > CopiesPatience)
        {
            End();
        }
    }

    /// <summary>Tells a node that asks to be let in.</summary>
    public void Tell(IActorRef node)
    {
        if (_over is not null)
        {
            node.Tell(_over);
        }
    }

    private void End()
    {
        HeadContext state = _lead.State;
        state.Writer?.Close();
        if (_diary is not null)
        {
            state.Recorder.Copy(_diary);
        }

        long version = state.Ending?.Version ?? SliceState.NoVersion;
        try
        {
            RunResult result = RunEnding.Result(
                state, _failure, version, _lead.WorkersLost, wanted => ParametersOf(state, wanted));
            _over = new RunOver(
                _lead.Run.Value, result.Outcome, version, result.Cause ?? string.Empty,
                result.WorkersLost);
            _setResult = () => _head.Result.TrySetResult(result);
        }
#pragma warning disable CA1031 // Whatever it throws is the result: the process waits for one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _over = new RunOver(
                _lead.Run.Value, RunOutcome.Failed, version, e.Message, _lead.WorkersLost);
            _setResult = () => _head.Result.TrySetException(e);
        }

        _toldAt = Now;
        SayFarewell(_over);
    }

    /// <summary>The whole parameters of a version, from the newest checkpoint.</summary>
    public static float[]? ParametersOf(HeadContext state, long version)
    {
        SavedState? saved = state.NewestSaved();
        return saved?.Version == version ? saved.Parameters
            : saved?.Best?.Version == version ? saved.Best.Parameters
            : null;
    }

    /// <summary>Tells all nodes again and again, until they have heard or gone: those that take
    /// part, and those of the cluster that do not, or not yet again. A node that missed it would
    /// look for a cluster that is no more.</summary>
    private void SayFarewell(RunOver over)
    {
        IReadOnlyList<Address> all = _cluster.Up(NodePaths.HeadRole);
        Address[] heads = [.. all
            .Where(head => head != _node.Links.Self && !_heard.Contains(head))];
        HashSet<IActorRef> nodes =
        [
            .. _lead.Members
                .Where(member => !member.IsHead && !_gone.Contains(member.Node))
                .Select(member => member.Node),
            .. _cluster.Up(NodePaths.WorkerRole).Concat(_cluster.Up(NodePaths.ServerRole))
                .Where(address => !all.Contains(address))
                .Select(address => NodePaths.Node(_context.System, address)),
        ];
        if (heads.Length + nodes.Count == 0 || Now - _toldAt > FarewellPatience)
        {
            _setResult();
            return;
        }

        foreach (Address head in heads)
        {
            TellHead(head, over);
        }

        foreach (IActorRef node in nodes)
        {
            node.Tell(over);
        }
    }

    private void TellHead(Address head, RunOver over)
    {
        if (_diary is not null)
        {
            Documents documents = _node.Inbox.Tensors.Documents;
            TensorHandle json = documents.Add(TensorEncoding.Bytes, _diary.ToJson());
            documents.TrySend(_node.Links.To(head), new DiaryCopy(_lead.Run, json), json);
        }

        NodePaths.Store(_context.System, head).Tell(over);
    }
}
