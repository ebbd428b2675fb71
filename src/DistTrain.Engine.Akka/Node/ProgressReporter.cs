using Akka.Actor;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka;

/// <summary>Tells the coordinator's node how the run goes on, as slice 0's node sees it: every
/// epoch, and of the steps as many as a person can follow.</summary>
internal sealed class ProgressReporter(IActorRef coordinator) : IRunObserver
{
    private const long LeastMilliseconds = 100;

    private long _saidAt;

    public void OnStarted(RunStart start)
    {
    }

    public void OnStep(in StepProgress step)
    {
        long now = Environment.TickCount64;
        if (now - _saidAt >= LeastMilliseconds)
        {
            _saidAt = now;
            BatchMetrics metrics = step.Metrics;
            coordinator.Tell(new StepsDone(
                step.Step, step.Epoch, metrics.LossSum, metrics.Correct, metrics.Samples));
        }
    }

    public void OnEpoch(EpochRecord epoch) => coordinator.Tell(EpochDone.Of(epoch));

    public void OnEvent(RunEvent runEvent)
    {
    }
}
