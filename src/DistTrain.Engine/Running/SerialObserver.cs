using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>Lets one call through at a time, so that observers need no locks.</summary>
internal sealed class SerialObserver(IRunObserver inner) : IRunObserver
{
    private readonly Lock _gate = new();

    public void OnStarted(RunStart start)
    {
        lock (_gate)
        {
            inner.OnStarted(start);
        }
    }

    public void OnStep(in StepProgress step)
    {
        lock (_gate)
        {
            inner.OnStep(step);
        }
    }

    public void OnEpoch(EpochRecord epoch)
    {
        lock (_gate)
        {
            inner.OnEpoch(epoch);
        }
    }

    public void OnEvent(RunEvent runEvent)
    {
        lock (_gate)
        {
            inner.OnEvent(runEvent);
        }
    }
}
