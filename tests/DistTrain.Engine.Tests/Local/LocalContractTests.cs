using DistTrain.Learning;

namespace DistTrain.Engine.Tests;

/// <summary>The local engine keeps the contract.</summary>
public sealed class LocalContractTests : EngineContract
{
    private protected override RunResult Run(TrainingTask task, EngineScenario scenario) =>
        LocalEngine.Run(
            task, scenario.Options, scenario.Watcher, scenario.Hooks, scenario.Stop);
}
