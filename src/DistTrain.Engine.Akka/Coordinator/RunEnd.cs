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

    private readonly HeadNode _head;
    private readonly NodeContext _node;
    private readonly IClusterView _cluster;
    private readonly IActorContext _context;
    private readonly Leadership _lead;
    private readonly Exception? _failure;
    private readonly DateTimeOffset _beganAt;
    private DiaryState? _diary;
    private RunOver? _over;

    /// <param name="head">This head.</param>
    /// <param name="node">Links.</param>
    /// <param name="cluster">Which heads there are.</param>
    /// <param name="context">Of the coordinator's actor.</param>
    /// <param name="lead">Its lead.</param>
    /// <param name="failure">The bug that ended the run; null: the protocol did.</param>
    public RunEnd(
        HeadNode head, NodeContext node, IClusterView cluster, IActorContext context,
        Leadership lead, Exception? failure)
    {
        (_head, _node, _cluster, _context, _lead, _failure) =
            (head, node, cluster, context, lead, failure);
        _beganAt = Now;
    }

    private DateTimeOffset Now => _context.System.Scheduler.Now;

    private TimeSpan Waited => Now - _beganAt;

    public void OnDiary(DiaryArrived arrived)
    {
        _diary ??= DiaryState.Parse(arrived.Json.Span);
        Look();
    }

    /// <summary>Goes on as far as it can.</summary>
    public void Look()
    {
        if (_over is not null)
        {
            return;
        }

        bool wantsDiary = _diary is null && _lead.IsLeading && _lead.DiaryNode is not null
            && Waited < DiaryPatience;
        if (wantsDiary)
        {
            _lead.DiaryNode!.Tell(new RequestDiary(_lead.Run));
            return;
        }

        if (_lead.Copies.AreComplete || Waited > CopiesPatience)
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
            TellAll(new RunOver(
                _lead.Run.Value, result.Outcome, version, result.Cause ?? string.Empty,
                result.WorkersLost));
            _head.Result.TrySetResult(result);
        }
#pragma warning disable CA1031 // Whatever it throws is the result: the process waits for one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            TellAll(new RunOver(
                _lead.Run.Value, RunOutcome.Failed, version, e.Message, _lead.WorkersLost));
            _head.Result.TrySetException(e);
        }
    }

    /// <summary>The whole parameters of a version, from the newest checkpoint.</summary>
    public static float[]? ParametersOf(HeadContext state, long version)
    {
        SavedState? saved = state.NewestSaved();
        return saved?.Version == version ? saved.Parameters
            : saved?.Best?.Version == version ? saved.Best.Parameters
            : null;
    }

    private void TellAll(RunOver over)
    {
        _over = over;
        TellHeads(over);
        foreach (Member member in _lead.Members)
        {
            member.Node.Tell(over);
        }
    }

    private void TellHeads(RunOver over)
    {
        Documents documents = _node.Inbox.Tensors.Documents;
        foreach (Address head in _cluster.Up(NodePaths.HeadRole))
        {
            if (head == _node.Links.Self)
            {
                continue;
            }

            if (_diary is not null)
            {
                TensorHandle json = documents.Add(TensorEncoding.Bytes, _diary.ToJson());
                documents.TrySend(
                    _node.Links.To(head), new DiaryCopy(_lead.Run, json), json);
            }

            NodePaths.Store(_context.System, head).Tell(over);
        }
    }
}
