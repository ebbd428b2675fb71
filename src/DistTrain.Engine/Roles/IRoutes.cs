using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>Brings what roles send to who is to hear it, in this process or another. Messages may
/// be lost on the way; those of one role to another stay in order where they are not.</summary>
internal interface IRoutes
{
    /// <returns>False if the effect sends nothing.</returns>
    bool TrySend(Effect effect);

    /// <summary>A worker's computing threw; it was started anew and holds nothing.</summary>
    void ReportRestart(WorkerId worker, long step, string cause);
}
