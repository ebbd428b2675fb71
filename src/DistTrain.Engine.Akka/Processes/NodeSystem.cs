using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;

namespace DistTrain.Engine.Akka;

/// <summary>A node's actor system, from its start to its leaving the cluster.</summary>
internal sealed class NodeSystem : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(15);

    private readonly AkkaNodeOptions _options;

    private NodeSystem(AkkaNodeOptions options, ActorSystem system)
    {
        _options = options;
        System = system;
        Cluster = Cluster.Get(system);
    }

    public ActorSystem System { get; }

    public Cluster Cluster { get; }

    /// <summary>As others reach it.</summary>
    public Address Self => Cluster.SelfAddress;

    /// <summary>Starts listening.</summary>
    /// <param name="options">Of the node.</param>
    /// <param name="roles">In the cluster.</param>
    /// <param name="heads">Of the cluster, as far as this node knows.</param>
    /// <exception cref="NodeException">It cannot listen there, or must not.</exception>
    public static NodeSystem Start(
        AkkaNodeOptions options, IReadOnlyList<string> roles, int heads)
    {
        options.Security.CheckListening(options.Host);
        (Setup? tls, Config tlsConfig) = TlsSetup.Of(options.Security);
        Config config = tlsConfig.WithFallback(AkkaSettings.Of(options, roles, heads));
        ActorSystemSetup setup = ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(config));
        setup = tls is null ? setup : setup.And(tls);
        ActorSystem system;
        try
        {
            system = ActorSystem.Create(AkkaSettings.SystemName, setup);
        }
#pragma warning disable CA1031 // What Akka throws when a port is taken differs by version.
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw new NodeException(
                $"cannot listen on {options.Host}:{options.Port}: {e.GetBaseException().Message}",
                e);
        }

        system.ActorOf(NodeLogger.Props(options.Log), "log");
        options.SystemStarted?.Invoke(system);
        return new NodeSystem(options, system);
    }

    /// <summary>Founds a cluster, or asks the seeds to be let in; returns when this node is up.
    /// </summary>
    /// <param name="stop">Gives up.</param>
    /// <returns>False if it was stopped.</returns>
    /// <exception cref="NodeException">No cluster was found in the time that its user would wait.
    /// </exception>
    public bool TryJoin(CancellationToken stop)
    {
        var isUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Cluster.RegisterOnMemberUp(() => isUp.TrySetResult());
        if (_options.Seeds.Count == 0 && _options.Discovery is null)
        {
            Cluster.Join(Self);
        }

        // The address is fixed from here on; others may dial it before this node is up.
        _options.Started?.Invoke(NodeLinks.NameOf(Self));
        try
        {
            if (IsUp(isUp.Task, stop))
            {
                return true;
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        string where = _options.Discovery is null
            ? $"at {string.Join(", ", _options.Seeds)}"
            : "was found";
        throw new NodeException(
            $"no cluster {where} for {_options.Wait.TotalSeconds:0} s: giving up");
    }

    /// <summary>Waits; without seeds that are known it looks for them again and again.</summary>
    private bool IsUp(Task up, CancellationToken stop)
    {
        DateTime end = DateTime.UtcNow + _options.Wait;
        while (_options.Discovery is { } discovery && DateTime.UtcNow < end)
        {
            IReadOnlyList<string> found = discovery.Find(stop);
            if (found.Count > 0)
            {
                Cluster.JoinSeedNodes(found.Select(seed => Address.Parse(
                    AkkaSettings.AddressOf(seed, _options.Security))));
                break;
            }

            if (up.Wait(LookInterval, stop))
            {
                return true;
            }
        }

        TimeSpan left = end - DateTime.UtcNow;
        return up.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero, stop);
    }

    /// <summary>The options to join the same cluster anew with: at the same port, by way of the
    /// heads that were known last.</summary>
    public T Again<T>(T options)
        where T : AkkaNodeOptions
    {
        string[] heads =
        [
            .. Cluster.State.Members
                .Where(member => member.HasRole(NodePaths.HeadRole) && member.Address != Self)
                .Select(member => NodeLinks.NameOf(member.Address)),
        ];
        return options with
        {
            Port = Self.Port ?? options.Port,
            Started = null,
            Seeds = [.. options.Seeds.Union(heads)],
        };
    }

    /// <summary>Leaves the cluster in order, and ends the actor system.</summary>
    public void Dispose()
    {
        Task done = CoordinatedShutdown.Get(System)
            .Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        if (!done.Wait(LeavePatience))
        {
            _options.Log.Warning("the cluster did not let this node go in time");
        }
    }
}
