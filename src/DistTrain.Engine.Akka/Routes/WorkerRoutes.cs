using Akka.Actor;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka;

/// <summary>Brings what a worker sends to other nodes. What finds nobody is lost: the protocol asks
/// again.</summary>
/// <param name="coordinator">Or the proxy of who leads.</param>
/// <param name="slices">Where they are.</param>
/// <param name="node">Hears that the worker may go.</param>
internal sealed class WorkerRoutes(IActorRef coordinator, SliceTable slices, IActorRef node)
    : IRoutes
{
    public bool TrySend(Effect effect)
    {
        switch (effect)
        {
            case SendToCoordinator send:
                coordinator.Tell(send.Message);
                return true;
            case SendToSlice send:
                slices.Send(send.Slice, send.Message);
                return true;
            case LeaveRun:
                node.Tell(new LetGo());
                return true;
            default:
                return false;
        }
    }

    public void ReportRestart(WorkerId worker, long step, string cause) =>
        throw new InvariantException("a worker's supervisor reports its restart");
}

/// <summary>The worker may leave the run.</summary>
internal sealed record LetGo;
