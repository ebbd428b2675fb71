using System.Net.Sockets;
using DistTrain.Engine;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// A node's life with its head: dials it, dials again when it is gone, and gives up in the end;
/// keeps the connections to the parameter servers that it names.
/// </summary>
internal sealed class HeadSession : IDisposable
{
    private readonly TcpNodeOptions _options;
    private readonly LinkDialer _dialer;
    private readonly Deadline _patience;
    private readonly string _own;
    private volatile int _ordinal = ServerLink.NoOrdinal;

    /// <param name="options">Where the head is.</param>
    /// <param name="kind">What this node is.</param>
    /// <param name="roles">The roles here.</param>
    /// <param name="tensors">What is sent from here.</param>
    /// <param name="events">For the node's own thread.</param>
    /// <param name="own">Where this node listens; empty for a worker.</param>
    public HeadSession(
        TcpNodeOptions options, NodeKind kind, INodeRoles roles, NodeTensors tensors,
        HeadEvents events, string own = "")
    {
        _options = options;
        _own = own;
        _patience = new Deadline(options.Wait);
        var id = Guid.NewGuid();
        Hello Hello() =>
            new(kind, options.Name, id, null, options.Threads, ThisProgram.Version);
        var link = new LinkOptions { FailureTimeout = options.FailureTimeout };
        LinkDialer Dial(string host, int port, NodeRoles wanted, ILinkHandler handler) => new(
            new LinkDialerSettings
            {
                Host = host,
                Port = port,
                Security = options.Security,
                Hello = Hello,
                Roles = wanted,
                OnFailure = NewsOnly(options.Log, $"{host}:{port}"),
            },
            handler, link);
        Link = new HeadLink(roles, tensors, events, options.Log);
        _dialer = Dial(options.HeadHost, options.HeadPort, NodeRoles.Head, Link);
        Slices = new SliceLinks(
            Link, (host, port, handler) => Dial(host, port, NodeRoles.ParameterServer, handler),
            () => new ServerLink(roles, tensors, () => _ordinal, options.Log));
    }

    public HeadLink Link { get; }

    public SliceLinks Slices { get; }

    public void Start() => _dialer.Start();

    /// <summary>Looks at what happened, or that nothing did, from the head's side.</summary>
    /// <returns>How this node ends; null: it goes on.</returns>
    /// <exception cref="InvariantException">A bug has stopped the roles here.</exception>
    public NodeOutcome? OutcomeOf(HeadEvent? happened)
    {
        switch (happened)
        {
            case HeadEvent.Places places:
                Take(places.Message);
                break;
            case HeadEvent.Lost lost:
                Slices.Reset();
                _ordinal = ServerLink.NoOrdinal;
                return OutcomeOf(lost.End);
            case HeadEvent.Crashed crashed:
                throw new InvariantException(crashed.Failure.Message, crashed.Failure);
        }

        if (Link.Link is not null)
        {
            _patience.Reset();
        }
        else if (_patience.HasPassed)
        {
            _options.Log.Warning(
                $"no head at {_options.HeadHost}:{_options.HeadPort} for "
                + $"{_options.Wait.TotalSeconds:0} s: giving up");
            return NodeOutcome.Failed;
        }

        return null;
    }

    /// <summary>The head says where the slices are.</summary>
    public void Take(SlicePlaces places) => Slices.Take(places, _own);

    /// <summary>The node has a number from now on.</summary>
    public void BecomeWelcomed(int ordinal)
    {
        _ordinal = ordinal;
        foreach (ServerLink server in Slices.Servers)
        {
            server.SayWhoThisIs();
        }
    }

    /// <summary>So that the head does not take the end of the connection for a loss.</summary>
    public void SayFarewell(string why) =>
        Link.Leave(new Farewell(why, IsDone: false), 2 * _options.FailureTimeout);

    public void Dispose()
    {
        _dialer.Dispose();
        Slices.Dispose();
    }

    /// <summary>A line for each cause that is not the one before: attempts are many.</summary>
    private static Action<string> NewsOnly(INodeLog log, string address)
    {
        string last = string.Empty;
        return why =>
        {
            if (why == last)
            {
                log.Debug($"{address}: {why}");
                return;
            }

            last = why;
            log.Warning($"{address}: {why}; dialling again");
        };
    }

    private NodeOutcome? OutcomeOf(LinkEnd end)
    {
        switch (end.Kind)
        {
            case LinkEndKind.Farewell when end.IsDone:
                _options.Log.Information(end.Cause);
                return NodeOutcome.RunOver;
            case LinkEndKind.TurnedAway:
                _options.Log.Warning($"the head does not want this node: {end.Cause}");
                return NodeOutcome.Failed;
            default:
                _options.Log.Warning($"the head is gone: {end.Cause}; dialling again");
                return null;
        }
    }
}
