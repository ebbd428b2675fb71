using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>Brings what roles send to the mailboxes.</summary>
internal sealed class Routes(EngineHooks hooks) : IRoutes
{
    public RoleActor<CoordinatorMessage> Coordinator { get; set; } = null!;

    public RoleActor<ParameterServerMessage>[] Slices { get; set; } = [];

    public RoleActor<WorkerMessage>[] Workers { get; set; } = [];

    public bool TrySend(Effect effect)
    {
        switch (effect)
        {
            case SendToCoordinator send:
                ToCoordinator(send.Message);
                return true;
            case SendToSlice send:
                if (!IsLost(send.Message))
                {
                    Slices[send.Slice.Value].Post(send.Message);
                }

                return true;
            case SendToWorker send:
                ToWorker(Workers[send.Worker.Value], send.Message);
                return true;
            case SendToAllWorkers send:
                foreach (RoleActor<WorkerMessage> worker in Workers)
                {
                    ToWorker(worker, send.Message);
                }

                return true;
            default:
                return false;
        }
    }

    public void ReportRestart(WorkerId worker, long step, string cause)
    {
        ToCoordinator(new WorkerFailed(worker, step, cause));
        ToCoordinator(new WorkerJoined(worker));
    }

    public void ToCoordinator(CoordinatorMessage message)
    {
        if (!IsLost(message))
        {
            Coordinator.Post(message);
        }
    }

    /// <summary>Every role's name and what it heard last.</summary>
    public string Describe() => string.Join(
        "; ", Actors().Select(actor => actor.Describe()));

    private IEnumerable<Actor> Actors() => [Coordinator, .. Slices, .. Workers];

    private void ToWorker(RoleActor<WorkerMessage> worker, WorkerMessage message)
    {
        if (!IsLost(message))
        {
            worker.Post(message);
        }
    }

    private bool IsLost(object message) => hooks.Loses?.Invoke(message) == true;
}
