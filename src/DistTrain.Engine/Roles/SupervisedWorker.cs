using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>
/// A worker under supervision: when computing throws, it goes on as a new one with the same id,
/// and the coordinator hears that it failed and that it is back.
/// </summary>
internal sealed class SupervisedWorker(
    RoleContext context, WorkerId id, IRoutes routes, IWorkerMemory memory)
    : Role<WorkerMessage>($"worker {id.Value}")
{
    private readonly WorkerRole _worker = new(context, id, routes, memory);

    public override void Receive(WorkerMessage message)
    {
        _worker.Own = Own;
        try
        {
            _worker.Receive(message);
        }
        catch (ComputationException e)
        {
            context.CountFailure();
            routes.ReportRestart(id, e.Step, e.Message);
        }
    }
}
