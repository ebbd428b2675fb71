using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>Brings what the slices of a parameter server send to other nodes, and to each other.
/// </summary>
internal sealed class ServerRoutes(HeadLink head, SliceLinks slices, ServerClients clients)
    : IRoutes
{
    /// <summary>The slices here; set once they can be.</summary>
    public HostedSlices Here { get; set; } = null!;

    public bool TrySend(Effect effect)
    {
        switch (effect)
        {
            case SendToCoordinator send:
                head.Link?.TrySend(send.Message);
                return true;
            case SendToSlice send:
                ToSlice(send.Slice, send.Message);
                return true;
            case SendToWorker send:
                clients.Find(send.Worker)?.TrySend(send.Message);
                return true;
            case SendToAllWorkers send:
                foreach (Link? worker in clients.Workers)
                {
                    worker?.TrySend(send.Message);
                }

                return true;
            default:
                return false;
        }
    }

    public void ReportRestart(WorkerId worker, long step, string cause) =>
        throw new InvariantException("a parameter server has no worker");

    private void ToSlice(SliceId slice, ParameterServerMessage message)
    {
        if (Here.Find(slice) is { } here)
        {
            here.Post(message);
        }
        else
        {
            slices.Find(slice)?.TrySend(
                message, WireConnection.StreamOf(message), slice.Value);
        }
    }
}
