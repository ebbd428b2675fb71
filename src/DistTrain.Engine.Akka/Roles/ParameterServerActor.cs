using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// The parameter server of one slice on Akka.NET, on a thread of its own. What it throws is not its
/// to survive: its node tells the coordinator, which has the slice begin anew and all restored.
/// </summary>
internal sealed class ParameterServerActor : ReceiveActor, IWithTimers
{
    /// <param name="role">The slice.</param>
    /// <param name="routes">Its routes: they learn where others are from what it hears.</param>
    public ParameterServerActor(SliceRole role, SliceRoutes routes)
    {
        var runner = new RoleRunner<ParameterServerMessage>(role, Self);
        Receive<ParameterServerMessage>(runner.Receive);
        Receive<RoleTick>(_ => runner.Tick());
        Receive<WorkerPlaces>(routes.Take);
        Receive<SlicePlaces>(routes.Take);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(SliceRole role, SliceRoutes routes) =>
        global::Akka.Actor.Props.Create(() => new ParameterServerActor(role, routes))
            .WithDispatcher(Dispatchers.Compute);

    protected override void PreStart() => RoleTick.Start(Timers);
}
