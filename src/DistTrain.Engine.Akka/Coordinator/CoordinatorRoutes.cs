using Akka.Actor;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka;

/// <summary>Brings what the coordinator sends to slices and workers.</summary>
/// <param name="members">The nodes.</param>
/// <param name="placement">Where the slices are.</param>
/// <param name="onStandDown">Another coordinator leads.</param>
internal sealed class CoordinatorRoutes(
    Members members, SlicePlacement placement, Action<Generation> onStandDown) : IRoutes
{
    public bool TrySend(Effect effect)
    {
        switch (effect)
        {
            case SendToSlice send:
                placement.ActorOf(send.Slice)?.Tell(send.Message);
                return true;
            case SendToWorker send:
                members.FindWorker(send.Worker.Value)?.Node.Tell(send.Message);
                return true;
            case SendToAllWorkers send:
                foreach (Member worker in members.Workers)
                {
                    worker.Node.Tell(send.Message);
                }

                return true;
            case StandDown down:
                onStandDown(down.Generation);
                return true;
            default:
                return false;
        }
    }

    public void ReportRestart(WorkerId worker, long step, string cause) =>
        throw new InvariantException("a head has no worker");
}
