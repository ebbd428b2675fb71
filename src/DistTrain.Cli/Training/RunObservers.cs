using DistTrain.Engine;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Cli;

/// <summary>Several observers as one.</summary>
internal sealed class RunObservers(params IRunObserver[] all) : IRunObserver
{
    public void OnStarted(RunStart start)
    {
        foreach (var observer in all)
        {
            observer.OnStarted(start);
        }
    }

    public void OnStep(in StepProgress step)
    {
        foreach (var observer in all)
        {
            observer.OnStep(step);
        }
    }

    public void OnEpoch(EpochRecord epoch)
    {
        foreach (var observer in all)
        {
            observer.OnEpoch(epoch);
        }
    }

    public void OnEvent(RunEvent runEvent)
    {
        foreach (var observer in all)
        {
            observer.OnEvent(runEvent);
        }
    }
}
