using DistTrain.Learning;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>The engine on TCP keeps the contract.</summary>
public sealed class TcpContractTests : NodeEngineContract
{
    private protected override RunResult Run(TrainingTask task, EngineScenario scenario)
    {
        using NodeCluster cluster = new NodeCluster()
            .StartHead(
                task, scenario.Options, scenario.ParameterServerNodes,
                observer: scenario.Watcher, hooks: scenario.Hooks, stop: scenario.Stop)
            .AddParameterServers(scenario.ParameterServerNodes, hooks: scenario.Hooks)
            .AddWorkers(scenario.Options.Workers - 1, scenario.Hooks)
            .AddWorkers(1, scenario.Hooks, scenario.WorkerLeaves);
        return cluster.Result();
    }
}
