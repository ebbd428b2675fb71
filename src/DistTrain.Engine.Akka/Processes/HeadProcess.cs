using Akka.Actor;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka;

/// <summary>A head from its start to its end: a store of checkpoints, a place where the coordinator
/// may run, and a parameter server. When the cluster has given it up though it lives, it joins
/// anew, with the checkpoints that it keeps.</summary>
internal sealed class HeadProcess : IDisposable
{
    private readonly HeadNode _head;
    private readonly HeadStore _store;
    private NodeSystem _system;

    public HeadProcess(
        TrainingTask task, RunOptions options, AkkaHeadOptions settings, IRunObserver observer)
    {
        _head = new HeadNode(task, options, settings, observer);
        _store = new HeadStore(_head);
        _system = Start(settings);
    }

    public RunResult Run(CancellationToken stop)
    {
        AkkaHeadOptions settings = _head.Settings;
        while (true)
        {
            if (RunOnce(stop) is { } result)
            {
                return result;
            }

            _head.Log.Warning("the cluster has given this head up: joining anew");
            settings = _system.Again(settings);
            _system.Dispose();
            _system = Start(settings);
        }
    }

    public void Dispose() => _system.Dispose();

    private static NodeSystem Start(AkkaHeadOptions settings) => NodeSystem.Start(
        settings, [NodePaths.HeadRole, NodePaths.ServerRole], settings.Heads);

    /// <returns>Null if the cluster has given it up.</returns>
    private RunResult? RunOnce(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            stop, _head.Settings.Leave);
        JoinOutcome joined = _system.Join(either.Token);
        if (joined != JoinOutcome.Up)
        {
            return joined == JoinOutcome.Stopped
                ? Left("it was still waiting for the cluster")
                : null;
        }

        NodeContext node = NodeRuntime.Start(_system, _head.Settings, isHead: true);
        Start(node);
        using (stop.Register(() => node.Coordinator.Tell(new StopRun(), ActorRefs.NoSender)))
        using (_head.Settings.Leave.Register(() => _head.Result.TrySetResult(
            Left("this head was asked to leave; the run goes on with the others"))))
        {
            Task<RunResult> result = _head.Result.Task;
            WaitHandle.WaitAny(
            [
                ((IAsyncResult)result).AsyncWaitHandle,
                ((IAsyncResult)_system.System.WhenTerminated).AsyncWaitHandle,
            ]);
            return result.IsCompleted ? result.GetAwaiter().GetResult() : null;
        }
    }

    private void Start(NodeContext node)
    {
        ActorSystem system = _system.System;
        _store.Join(system.Scheduler.Now);
        IActorRef store = system.ActorOf(
            StoreActor.Props(_head, _store, node, OnOver), NodePaths.StoreName);
        var inbox = new HeadInbox(
            node.Inbox.Tensors.Documents,
            new DataServer(_head.Package, node.Inbox.Tensors.Documents), store);
        node.Inbox.Head = inbox;

        // What ends the parameter server here is the run's end, or a bug.
        var server = new TaskCompletionSource<NodeOutcome>();
        server.Task.ContinueWith(
            failed => _head.Result.TrySetException(failed.Exception!.InnerExceptions),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
        system.ActorOf(ServerNodeActor.Props(node, server), NodePaths.NodeName);
        NodeRuntime.StartCoordinator(_system, CoordinatorActor.Props(
            new HeadParts(_head, _store, node, inbox, new ClusterView(_system.Cluster))));
    }

    /// <summary>Another head has ended the run: this one has its checkpoints, and makes the same
    /// result of them.</summary>
    private void OnOver(RunOver over, DiaryState? diary)
    {
        var state = new HeadContext(
            _head.Task, _head.Plan.Slices, _head.Options.ResumeFrom, _store.Files,
            _head.Observer)
        {
            Ending = new EndRun(
                over.Outcome, over.Version, over.Cause.Length == 0 ? null : over.Cause),
        };
        if (diary is not null)
        {
            state.Recorder.Copy(diary);
        }

        try
        {
            _head.Result.TrySetResult(RunEnding.Result(
                state, failure: null, over.Version, over.WorkersLost,
                version => RunEnd.ParametersOf(state, version)));
        }
        catch (Exception e) when (e is CheckpointException or InvariantException)
        {
            _head.Result.TrySetException(e);
        }
    }

    private static RunResult Left(string cause) => new()
    {
        Outcome = RunOutcome.Interrupted,
        Cause = cause,
        Steps = 0,
        Version = 0,
        History = new TrainingHistory(),
        Parameters = [],
        WeightsSha256 = string.Empty,
        Seconds = 0,
        SamplesTrained = 0,
        WorkersLost = 0,
    };
}
