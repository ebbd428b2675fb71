using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>Brings what a worker sends to other nodes. Without a connection it is lost: the
/// protocol asks again.</summary>
/// <param name="head">The connection to the head.</param>
/// <param name="slices">The connections to slices.</param>
/// <param name="events">Hears that the worker may go.</param>
internal sealed class WorkerRoutes(HeadLink head, SliceLinks slices, HeadEvents events) : IRoutes
{
    public bool TrySend(Effect effect)
    {
        switch (effect)
        {
            case SendToCoordinator send:
                head.Link?.TrySend(send.Message);
                return true;
            case SendToSlice send:
                slices.Find(send.Slice)?.TrySend(
                    send.Message, WireConnection.StreamOf(send.Message), send.Slice.Value);
                return true;
            case LeaveRun:
                events.Post(new HeadEvent.LetGo());
                return true;
            default:
                return false;
        }
    }

    public void ReportRestart(WorkerId worker, long step, string cause) =>
        head.Link?.TrySend(new ComputationFailed(worker, step, cause));
}
