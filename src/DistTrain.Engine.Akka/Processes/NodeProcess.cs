using Akka.Actor;

namespace DistTrain.Engine.Akka;

/// <summary>A worker or parameter server from its start to its end.</summary>
internal abstract class NodeProcess : IDisposable
{
    /// <summary>To say the last words before the system ends.</summary>
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(30);

    private readonly NodeSystem _system;
    private readonly AkkaNodeOptions _options;
    private readonly TaskCompletionSource<NodeOutcome> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected NodeProcess(AkkaNodeOptions options, string role)
    {
        _options = options;
        _system = NodeSystem.Start(options, [role], heads: 1);
    }

    public NodeOutcome Run(CancellationToken stop)
    {
        if (!_system.TryJoin(stop))
        {
            return NodeOutcome.Left;
        }

        NodeContext node = NodeRuntime.Start(_system, _options, isHead: false);
        IActorRef actor = _system.System.ActorOf(NewActor(node, _outcome), NodePaths.NodeName);
        using (stop.Register(() => actor.Tell(new LeaveNode(), ActorRefs.NoSender)))
        {
            Task<NodeOutcome> ended = _outcome.Task;
            WaitHandle.WaitAny([((IAsyncResult)ended).AsyncWaitHandle, stop.WaitHandle]);
            bool isOver = ended.IsCompleted
                || ((IAsyncResult)ended).AsyncWaitHandle.WaitOne(LeavePatience);
            if (!isOver)
            {
                _options.Log.Warning("leaves without having been let go");
                return NodeOutcome.Left;
            }

            return ended.GetAwaiter().GetResult();
        }
    }

    public void Dispose() => _system.Dispose();

    protected abstract Props NewActor(
        NodeContext node, TaskCompletionSource<NodeOutcome> outcome);
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
