using DistTrain.Learning;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>The engine on Akka.NET keeps the contract.</summary>
public sealed class AkkaContractTests : NodeEngineContract
{
    private protected override RunResult Run(TrainingTask task, EngineScenario scenario)
    {
        using AkkaCluster cluster = new AkkaCluster()
            .AddHead(
                task, scenario.Options, parameterServers: scenario.ParameterServerNodes,
                observer: scenario.Watcher, hooks: scenario.Hooks, stop: scenario.Stop)
            .AddParameterServers(scenario.ParameterServerNodes, hooks: scenario.Hooks)
            .AddWorkers(scenario.Options.Workers - 1, scenario.Hooks)
            .AddWorkers(1, scenario.Hooks, stop: scenario.WorkerLeaves);
        return cluster.Result();
    }
}
