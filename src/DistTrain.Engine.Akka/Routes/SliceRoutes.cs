using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>Brings what a slice sends to other nodes, and to its siblings here.</summary>
/// <param name="coordinator">Or the proxy of who leads.</param>
/// <param name="slices">Where the others are.</param>
/// <param name="workers">Where the workers are.</param>
/// <param name="here">The slices of this node.</param>
internal sealed class SliceRoutes(
    IActorRef coordinator, SliceTable slices, WorkerTable workers, HostedSlices here) : IRoutes
{
    public void Take(WorkerPlaces places) => workers.Take(places);

    public void Take(SlicePlaces places) => slices.Take(places);

    public bool TrySend(Effect effect)
    {
        switch (effect)
        {
            case SendToCoordinator send:
                coordinator.Tell(send.Message);
                return true;
            case SendToSlice send when here.Find(send.Slice) is { } sibling:
                sibling.Post(send.Message);
                return true;
            case SendToSlice send:
                slices.Send(send.Slice, send.Message);
                return true;
            case SendToWorker send:
                workers.Send(send.Worker, send.Message);
                return true;
            case SendToAllWorkers send:
                workers.SendToAll(send.Message);
                return true;
            default:
                return false;
        }
    }

    public void ReportRestart(WorkerId worker, long step, string cause) =>
        throw new InvariantException("a parameter server has no worker");
}
