using Akka.Actor;

namespace DistTrain.Engine.Akka;

/// <summary>
/// A worker or parameter server from its start to its end. When the cluster has given it up though
/// it lives, it joins anew.
/// </summary>
internal abstract class NodeProcess : IDisposable
{
    /// <summary>To say the last words before the system ends.</summary>
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(30);

    private readonly AkkaNodeOptions _options;
    private readonly string _role;
    private NodeSystem _system;

    protected NodeProcess(AkkaNodeOptions options, string role)
    {
        (_options, _role) = (options, role);
        _system = NodeSystem.Start(options, [role], heads: 1);
    }

    public NodeOutcome Run(CancellationToken stop)
    {
        AkkaNodeOptions options = _options;
        while (true)
        {
            if (RunOnce(stop) is { } outcome)
            {
                return outcome;
            }

            _options.Log.Warning("the cluster has given this node up: joining anew");
            options = _system.Again(options);
            _system.Dispose();
            _system = NodeSystem.Start(options, [_role], heads: 1);
        }
    }

    public void Dispose() => _system.Dispose();

    protected abstract Props NewActor(
        NodeContext node, TaskCompletionSource<NodeOutcome> outcome);

    /// <returns>Null if the cluster has given it up.</returns>
    private NodeOutcome? RunOnce(CancellationToken stop)
    {
        JoinOutcome joined = _system.Join(stop);
        if (joined != JoinOutcome.Up)
        {
            return joined == JoinOutcome.Stopped ? NodeOutcome.Left : null;
        }

        var outcome = new TaskCompletionSource<NodeOutcome>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        NodeContext node = NodeRuntime.Start(_system, _options, isHead: false);
        IActorRef actor = _system.System.ActorOf(NewActor(node, outcome), NodePaths.NodeName);
        WaitHandle ended = ((IAsyncResult)outcome.Task).AsyncWaitHandle;
        WaitHandle isDown = ((IAsyncResult)_system.System.WhenTerminated).AsyncWaitHandle;
        using (stop.Register(() => actor.Tell(new LeaveNode(), ActorRefs.NoSender)))
        {
            WaitHandle.WaitAny([ended, isDown, stop.WaitHandle]);
            if (stop.IsCancellationRequested && !outcome.Task.IsCompleted
                && WaitHandle.WaitAny([ended, isDown], LeavePatience) != 0)
            {
                _options.Log.Warning("leaves without having been let go");
                return NodeOutcome.Left;
            }

            return outcome.Task.IsCompleted ? outcome.Task.GetAwaiter().GetResult() : null;
        }
    }
}

/// <inheritdoc cref="AkkaWorker"/>
internal sealed class WorkerProcess(AkkaNodeOptions options)
    : NodeProcess(options, NodePaths.WorkerRole)
{
    protected override Props NewActor(
        NodeContext node, TaskCompletionSource<NodeOutcome> outcome) =>
        WorkerNodeActor.Props(node, outcome);
}

/// <inheritdoc cref="AkkaParameterServer"/>
internal sealed class ServerProcess(AkkaNodeOptions options)
    : NodeProcess(options, NodePaths.ServerRole)
{
    protected override Props NewActor(
        NodeContext node, TaskCompletionSource<NodeOutcome> outcome) =>
        ServerNodeActor.Props(node, outcome);
}
