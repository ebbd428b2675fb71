using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>The roles as the product has them.</summary>
internal sealed class ProductRoles : IRoleFactory
{
    public static readonly ProductRoles Instance = new();

    public IRole NewCoordinator(RunId run, RunPlan plan, CoordinatorOptions options) =>
        new CoordinatorRole(new Coordinator(run, plan, options));

    public IRole NewParameterServer(
        RunId run, RunPlan plan, SliceId slice, long incarnation) =>
        new ParameterServerRole(new ParameterServer(run, plan, slice, incarnation));

    public IRole NewWorker(RunId run, RunPlan plan, WorkerId worker) =>
        new WorkerRole(new Worker(run, plan, worker));

    private sealed class CoordinatorRole(Coordinator coordinator) : IRole
    {
        public void Handle(object message, IList<Effect> effects)
        {
            if (message is CoordinatorStart)
            {
                coordinator.Start(effects);
            }
            else
            {
                coordinator.Handle((CoordinatorMessage)message, effects);
            }
        }

        public void Tick(IList<Effect> effects) => coordinator.Tick(effects);
    }

    private sealed class ParameterServerRole(ParameterServer server) : IRole
    {
        public void Handle(object message, IList<Effect> effects) =>
            server.Handle((ParameterServerMessage)message, effects);

        public void Tick(IList<Effect> effects) => server.Tick(effects);
    }

    private sealed class WorkerRole(Worker worker) : IRole
    {
        public void Handle(object message, IList<Effect> effects) =>
            worker.Handle((WorkerMessage)message, effects);

        public void Tick(IList<Effect> effects)
        {
        }
    }
}
