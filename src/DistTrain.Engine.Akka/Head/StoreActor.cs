using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// A head's store as other nodes reach it: answers a coordinator that begins, takes checkpoints
/// that the leading head has written, and gives them to one that lacks them. It reads and writes
/// files on a thread of its own.
/// </summary>
internal sealed class StoreActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan DiaryPatience = TimeSpan.FromSeconds(5);

    private readonly HeadNode _head;
    private readonly HeadStore _store;
    private readonly NodeContext _node;
    private readonly Action<RunOver, DiaryState?> _onOver;

    /// <summary>One of each head: who led last may still send while another one is asked.</summary>
    private readonly Dictionary<Address, IncomingFile> _incoming = [];
    private DiaryState? _diary;
    private RunOver? _over;
    private IActorRef _leader = ActorRefs.Nobody;

    /// <param name="head">This head.</param>
    /// <param name="store">What it keeps.</param>
    /// <param name="node">Links and the coordinator's proxy.</param>
    /// <param name="onOver">Called when another head has ended the run.</param>
    public StoreActor(
        HeadNode head, HeadStore store, NodeContext node, Action<RunOver, DiaryState?> onOver)
    {
        (_head, _store, _node, _onOver) = (head, store, node, onOver);
        Receive<DescribeStore>(m => Sender.Tell(_store.Describe(m.Survey)));
        Receive<RunLed>(m => _store.OnLed(new RunId(m.Run), m.Coordinator));
        Receive<FetchCheckpoint>(OnFetch);
        Receive<CheckpointPieceArrived>(OnPiece);
        Receive<DiaryArrived>(OnDiary);
        Receive<RunOver>(OnOver);
        Receive<DiaryIsLate>(_ => End());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        HeadNode head, HeadStore store, NodeContext node, Action<RunOver, DiaryState?> onOver) =>
        global::Akka.Actor.Props.Create(() => new StoreActor(head, store, node, onOver))
            .WithDispatcher(Dispatchers.Compute);

    private void OnFetch(FetchCheckpoint fetch)
    {
        try
        {
            CheckpointSender.Send(
                fetch.Version, _store.ReadFile(fetch.Version),
                _node.Links.To(Sender.Path.Address), _node.Inbox.Tensors.Documents);
        }
        catch (CheckpointException e)
        {
            Sender.Tell(new CheckpointNotThere(fetch.Version, e.Message));
        }
    }

    private void OnPiece(CheckpointPieceArrived piece)
    {
        CheckpointPart part = piece.Part;
        if (part.Offset == 0)
        {
            _incoming.Remove(piece.From);
            if (IncomingFile.TryBegin(part, _head.Task) is { } begun)
            {
                _incoming.Add(piece.From, begun);
            }
        }

        if (!_incoming.TryGetValue(piece.From, out IncomingFile? file)
            || !file.TryAdd(part, piece.Bytes.Span))
        {
            _head.Log.Debug($"a piece of the checkpoint of step {part.Version} came out of turn");
            return;
        }

        if (file.IsWhole)
        {
            Keep(file);
            DropUpTo(file.Version);
        }
    }

    /// <summary>What is not newer than what is here, also of heads that will send no more.
    /// </summary>
    private void DropUpTo(long version)
    {
        foreach ((Address from, IncomingFile file) in _incoming)
        {
            if (file.Version <= version)
            {
                _incoming.Remove(from);
            }
        }
    }

    private void Keep(IncomingFile file)
    {
        string cause = string.Empty;
        try
        {
            _store.Import(file.Version, file.Bytes);
            _head.Log.Debug($"keeps a copy of the checkpoint of step {file.Version}");
        }
        catch (CheckpointException e)
        {
            cause = e.Message;
            _head.Log.Warning(e.Message);
        }

        _node.Coordinator.Tell(new CheckpointKept(file.Version, cause));
    }

    private void OnDiary(DiaryArrived arrived)
    {
        _diary = DiaryState.Parse(arrived.Json.Span);
        if (_over is not null)
        {
            End();
        }
    }

    private void OnOver(RunOver over)
    {
        (_over, _leader) = (over, Sender);
        if (_diary is not null)
        {
            End();
        }
        else
        {
            Timers.StartSingleTimer(nameof(DiaryIsLate), new DiaryIsLate(), DiaryPatience);
        }
    }

    private void End()
    {
        _leader.Tell(new RunOverHeard(_over!.Run));
        _onOver(_over, _diary);
    }

    private sealed record DiaryIsLate;
}
