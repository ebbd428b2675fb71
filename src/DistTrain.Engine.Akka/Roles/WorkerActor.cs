using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// A worker on Akka.NET, on a thread of its own. When computing throws, its supervisor restarts it:
/// it holds nothing then, and tells the coordinator what happened.
/// </summary>
internal sealed class WorkerActor : ReceiveActor
{
    private readonly WorkerId _id;
    private readonly IActorRef _coordinator;

    /// <param name="id">Which worker.</param>
    /// <param name="make">Makes its role, anew after each restart.</param>
    /// <param name="coordinator">Or the proxy of who leads.</param>
    public WorkerActor(WorkerId id, Func<WorkerRole> make, IActorRef coordinator)
    {
        _id = id;
        _coordinator = coordinator;
        var runner = new RoleRunner<WorkerMessage>(make(), Self);
        Receive<WorkerMessage>(runner.Receive);
    }

    public static Props Props(WorkerId id, Func<WorkerRole> make, IActorRef coordinator) =>
        global::Akka.Actor.Props.Create(() => new WorkerActor(id, make, coordinator))
            .WithDispatcher(Dispatchers.Compute);

    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        if (reason is ComputationException failure)
        {
            _coordinator.Tell(new ComputationFailed(_id, failure.Step, failure.Message));
        }
    }
}
