using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// A worker's process: dials the head, gets the run and its data, and lets a worker's role compute.
/// Receiving threads bring messages to the role's mailbox and the rest to this one thread.
/// </summary>
internal sealed class WorkerNode : INodeRoles, IDisposable
{
    private static readonly TimeSpan LeaveAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LeaveAnyway = TimeSpan.FromSeconds(20);

    private readonly TcpNodeOptions _options;
    private readonly HeadEvents _events = new();
    private readonly NodeTensors _tensors = new();
    private readonly HeadSession _head;
    private readonly DataFetch _data;
    private volatile WorkerRun? _run;

    public WorkerNode(TcpNodeOptions options)
    {
        _options = options;
        _head = new HeadSession(options, NodeKind.Worker, this, _tensors, _events);
        _data = new DataFetch(options.Data, _events, _head.Take, options.Log);
    }

    /// <exception cref="NodeException">The head is not one that this node can work for.</exception>
    /// <exception cref="DataException">The data are not to be had.</exception>
    public NodeOutcome Run(CancellationToken stop)
    {
        using CancellationTokenRegistration wake = stop.Register(_events.Wake);
        _head.Start();
        var leaving = new Deadline(LeaveAnyway);
        HeadEvent? next = null;
        while (true)
        {
            HeadEvent? happened = next ?? _events.Take(LeaveAgain);
            next = null;
            if (_head.OutcomeOf(happened) is { } outcome)
            {
                return outcome;
            }

            switch (happened)
            {
                case HeadEvent.Welcomed welcome:
                    next = OnWelcomed(welcome);
                    break;
                case HeadEvent.LetGo:
                    _head.SayFarewell("it was asked to leave");
                    return NodeOutcome.Left;
            }

            if (stop.IsCancellationRequested && !TryStay(leaving))
            {
                return NodeOutcome.Left;
            }
        }
    }

    public bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        (handle, room) = (default, default);
        return message is ParametersPublished published && _run is { } run
            && run.Memory.Received.TryRent(published, tensor, out handle, out room);
    }

    public bool TryAdopt(TensorHandle handle, BorrowedTensor tensor) =>
        _run?.Memory.Received.TryAdopt(NodeHandle.Of(handle), tensor) == true;

    public void Abandon(TensorHandle handle) =>
        _run?.Memory.Received.Abandon(NodeHandle.Of(handle));

    public string? TryDeliver(IncomingMessage message)
    {
        if (message.Content is not WorkerMessage said)
        {
            return "not a message to a worker";
        }

        if (_run is not { } run)
        {
            return "the worker is not ready";
        }

        if (said is ParametersPublished published
            && !run.Memory.Received.TryComplete(NodeHandle.Of(published.Parameters)))
        {
            return "of no use any more";
        }

        run.Post(said);
        return null;
    }

    public void Dispose()
    {
        _head.Dispose();
        _run?.Dispose();
    }

    /// <returns>An event that came instead of data.</returns>
    private HeadEvent? OnWelcomed(HeadEvent.Welcomed welcome)
    {
        if (_run is null || !_run.Is(welcome))
        {
            RunDescription description = RunDescription.Parse(welcome.Description.Span);
            (DataSplit? data, HeadEvent? instead) = _data.Get(description, welcome.Link);
            if (data is null)
            {
                return instead;
            }

            WorkerRun? before = _run;
            _run = null;
            before?.Dispose();
            var run = new WorkerRun(
                welcome, description, data, _options,
                new WorkerRoutes(_head.Link, _head.Slices, _events), _events);
            _tensors.Worker = run.Memory;
            _run = run;
        }

        _head.BecomeWelcomed(welcome.Ordinal);
        _run.BeginAnew(welcome.Link);
        return null;
    }

    /// <summary>Asks to be let go, again and again.</summary>
    /// <returns>False if nobody needs it, or nobody answers.</returns>
    private bool TryStay(Deadline leaving)
    {
        if (_run is not { } run || leaving.HasPassed)
        {
            _head.SayFarewell("it was asked to leave");
            return false;
        }

        _head.Link.Link?.TrySend(
            new WorkerLeaving(new WorkerId(run.Welcome.Ordinal), "it was asked to leave"));
        return _head.Link.Link is not null;
    }
}
