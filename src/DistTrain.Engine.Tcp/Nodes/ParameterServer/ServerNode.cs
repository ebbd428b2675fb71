using System.Net;
using System.Net.Sockets;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// A parameter server's process: dials the head, takes the slices that it gives, and listens for
/// the workers that push to them.
/// </summary>
internal sealed class ServerNode : INodeRoles, IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    private readonly TcpNodeOptions _options;
    private readonly HeadEvents _events = new();
    private readonly NodeTensors _tensors = new();
    private readonly HeadSession _head;
    private readonly ServerClients _clients;
    private readonly LinkListener _listener;
    private readonly string _address;
    private volatile ServerRun? _run;

    public ServerNode(TcpNodeOptions options, IPEndPoint listen, string? advertise)
    {
        _options = options;
        _clients = new ServerClients(
            this, _tensors, worker => _run?.Welcome(worker), options.Log);
        try
        {
            _listener = new LinkListener(
                listen, options.Security, _clients,
                new LinkOptions { FailureTimeout = options.FailureTimeout },
                options.Log.Warning);
        }
        catch (SocketException e)
        {
            throw new NodeException($"cannot listen on {listen}: {e.Message}", e);
        }

        _address = advertise ?? _listener.EndPoint.ToString();
        _head = new HeadSession(
            options, NodeKind.ParameterServer, this, _tensors, _events, _address);
    }

    public NodeOutcome Run(CancellationToken stop)
    {
        using CancellationTokenRegistration wake = stop.Register(_events.Wake);
        _listener.Start();
        _head.Start();
        _options.Log.Information($"listening on {_listener.EndPoint}");
        _options.Listening?.Invoke(_listener.EndPoint);
        while (!stop.IsCancellationRequested)
        {
            HeadEvent? happened = _events.Take(LookInterval);
            if (_head.OutcomeOf(happened) is { } outcome)
            {
                return outcome;
            }

            if (happened is HeadEvent.Welcomed welcome)
            {
                OnWelcomed(welcome);
            }
        }

        _head.SayFarewell("it was asked to leave");
        return NodeOutcome.Left;
    }

    public bool TryRent(
        object message, TensorDescription tensor, out TensorHandle handle, out Memory<byte> room)
    {
        (handle, room) = (default, default);
        return _run is { } run && run.Slices.TryRent(message, tensor, out handle, out room);
    }

    public bool TryAdopt(TensorHandle handle, BorrowedTensor tensor) =>
        _run?.Slices.TryAdopt(handle, tensor) == true;

    public void Abandon(TensorHandle handle) => _run?.Slices.Abandon(handle);

    public string? TryDeliver(IncomingMessage message)
    {
        if (_run is not { } run)
        {
            return "the parameter server is not ready";
        }

        switch (message.Content)
        {
            case HostSlice host:
                return run.Host(host);
            case StatePart part:
                return run.Storages.OnPart(part, _tensors.Documents.Take(part.Values).Span);
            case StateEnd end:
                return run.Storages.OnEnd(end);
            case ParameterServerMessage said:
                return run.Slices.TryDeliver(said, message.Recipient);
            default:
                return "not a message to a parameter server";
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _head.Dispose();
        _run?.Dispose();
    }

    /// <summary>Whatever slices were here before are the head's to place anew: a run begins with
    /// none.</summary>
    private void OnWelcomed(HeadEvent.Welcomed welcome)
    {
        RunDescription description = RunDescription.Parse(welcome.Description.Span);
        ServerRun? before = _run;
        _run = null;
        before?.Dispose();
        var run = new ServerRun(
            welcome, description, _options, _tensors,
            new ServerRoutes(_head.Link, _head.Slices, _clients), _events);
        _tensors.Slices = run.Slices;
        _run = run;
        _head.BecomeWelcomed(welcome.Ordinal);
        welcome.Link.TrySend(new NodeReady(welcome.Ordinal, _address));
    }
}
