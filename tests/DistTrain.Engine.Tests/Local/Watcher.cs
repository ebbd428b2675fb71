using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

/// <summary>Remembers what a run reported; calls may do something besides.</summary>
internal sealed class Watcher : IRunObserver
{
    public RunStart? Start { get; private set; }

    public List<long> Steps { get; } = [];

    public List<EpochRecord> Epochs { get; } = [];

    public List<RunEvent> Events { get; } = [];

    public Action<long>? AtStep { get; init; }

    public void OnStarted(RunStart start) => Start = start;

    public void OnStep(in StepProgress step)
    {
        Steps.Add(step.Step);
        AtStep?.Invoke(step.Step);
    }

    public void OnEpoch(EpochRecord epoch) => Epochs.Add(epoch);

    public void OnEvent(RunEvent runEvent) => Events.Add(runEvent);
}
