using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>Brings what roles of the head send to mailboxes here and to other nodes.</summary>
/// <param name="members">The nodes connected.</param>
/// <param name="slices">The slices here.</param>
/// <param name="placement">Where the others are.</param>
internal sealed class HeadRoutes(Members members, HostedSlices slices, SlicePlacement placement)
    : IRoutes
{
    public RoleActor<CoordinatorMessage> Coordinator { get; set; } = null!;

    public bool TrySend(Effect effect)
    {
        switch (effect)
        {
            case SendToCoordinator send:
                Coordinator.Post(send.Message);
                return true;
            case SendToSlice send:
                ToSlice(send.Slice, send.Message);
                return true;
            case SendToWorker send:
                members.Find(send.Worker)?.Link.TrySend(send.Message);
                return true;
            case SendToAllWorkers send:
                foreach (Member? worker in members.Workers)
                {
                    worker?.Link.TrySend(send.Message);
                }

                return true;
            default:
                return false;
        }
    }

    public void ReportRestart(WorkerId worker, long step, string cause) =>
        throw new InvariantException("a head has no worker");

    private void ToSlice(SliceId slice, ParameterServerMessage message)
    {
        if (slices.Find(slice) is { } here)
        {
            here.Post(message);
        }
        else
        {
            placement.LinkOf(slice)?.TrySend(
                message, WireConnection.StreamOf(message), slice.Value);
        }
    }
}
