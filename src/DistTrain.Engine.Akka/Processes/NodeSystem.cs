using System.Collections.Concurrent;
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

    /// <summary>For heads that cannot be reached to be reached again, longer than the cluster
    /// itself waits before it gives a node up.</summary>
    private static readonly TimeSpan HeadPatience = TimeSpan.FromSeconds(10);

    private readonly AkkaNodeOptions _options;
    private readonly ConcurrentDictionary<Address, bool> _heads = [];

    private NodeSystem(AkkaNodeOptions options, ActorSystem system)
    {
        _options = options;
        System = system;
        Cluster = Cluster.Get(system);
        system.ActorOf(HeadsSeen.Props(_heads), "heads-seen");
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
    /// <exception cref="NodeException">No cluster was found in the time that its user would wait.
    /// </exception>
    public JoinOutcome Join(CancellationToken stop)
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
            return Wait(isUp.Task, stop);
        }
        catch (OperationCanceledException)
        {
            return JoinOutcome.Stopped;
        }
    }

    /// <summary>Looks again and again for seeds that are not known, and after the cluster that this
    /// node is to be let in to: one that ends before may leave it waiting for ever.</summary>
    private JoinOutcome Wait(Task isUp, CancellationToken stop)
    {
        DateTime now = DateTime.UtcNow;
        DateTime end = now + _options.Wait;
        DateTime headWasThere = now;
        bool hasAsked = _options.Discovery is null;
        bool isKnown = false;
        for (; now < end; now = DateTime.UtcNow)
        {
            hasAsked = hasAsked || TryAskFound(stop);
            TimeSpan left = end - now;
            Task.WaitAny(
                [isUp, System.WhenTerminated],
                (int)(left < LookInterval ? left : LookInterval).TotalMilliseconds, stop);
            if (isUp.IsCompleted || System.WhenTerminated.IsCompleted)
            {
                return isUp.IsCompleted ? JoinOutcome.Up : JoinOutcome.GivenUp;
            }

            if (!isKnown && Cluster.SelfMember.Status == MemberStatus.Joining)
            {
                isKnown = true;
                _options.Log.Debug("known to the cluster, and not yet let in");
            }

            headWasThere = IsWithoutHeads ? headWasThere : DateTime.UtcNow;
            if (DateTime.UtcNow - headWasThere > HeadPatience)
            {
                return JoinOutcome.GivenUp;
            }
        }

        string where = _options.Discovery is null
            ? $"at {string.Join(", ", _options.Seeds)}"
            : "was found";
        throw new NodeException(
            $"no cluster {where} for {_options.Wait.TotalSeconds:0} s: giving up");
    }

    /// <summary>It is known to a cluster no head of which can be reached. Were it up, the
    /// split-brain resolver would decide; before, nobody does.</summary>
    private bool IsWithoutHeads
    {
        get
        {
            ClusterEvent.CurrentClusterState state = Cluster.State;
            var heads = state.Members
                .Where(member => member.HasRole(NodePaths.HeadRole) && member.Address != Self)
                .ToList();
            return heads.Count > 0 && heads.TrueForAll(state.Unreachable.Contains);
        }
    }

    private bool TryAskFound(CancellationToken stop)
    {
        IReadOnlyList<string> found = _options.Discovery!.Find(stop);
        if (found.Count > 0)
        {
            Cluster.JoinSeedNodes(found.Select(seed => Address.Parse(
                AkkaSettings.AddressOf(seed, _options.Security))));
        }

        return found.Count > 0;
    }

    /// <summary>The options to join the same cluster anew with: at the same port, by way of all
    /// heads that have been seen in it, let in or not.</summary>
    /// <param name="options">Those that it was joined with.</param>
    public T Again<T>(T options)
        where T : AkkaNodeOptions
    {
        IEnumerable<string> heads = Cluster.State.Members
            .Where(member => member.HasRole(NodePaths.HeadRole))
            .Select(member => member.Address)
            .Union(_heads.Keys)
            .Where(head => head != Self)
            .Select(NodeLinks.NameOf);
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

/// <summary>How asking to be let in has ended.</summary>
internal enum JoinOutcome
{
    /// <summary>The node is a member.</summary>
    Up,

    /// <summary>Its user does not want it to wait any longer.</summary>
    Stopped,

    /// <summary>The cluster that knew it has given it up, or is gone.</summary>
    GivenUp,
}
