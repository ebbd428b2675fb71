using Akka.Actor;

namespace DistTrain.Engine.Akka;

/// <summary>The protocol has ended the run.</summary>
internal sealed record RunEndedHere;

/// <summary>Not all heads have come in the time that their user would wait.</summary>
internal sealed record HeadsMissing(string Why);

/// <summary>Another coordinator leads by this generation.</summary>
internal sealed record Deposed(string Generation);

/// <summary>Something threw beside the actors.</summary>
internal sealed record BugFound(Exception Failure);

/// <summary>From this machine's user: finish the step, save and end the run.</summary>
internal sealed record StopRun : ControlMessage;

/// <summary>What a checkpoint writer's thread tells the coordinator's actor.</summary>
internal sealed class WriterWork(IActorRef coordinator) : IOutsideWork
{
    public void Begin()
    {
    }

    public void End()
    {
    }

    public void Fail(Exception failure) =>
        coordinator.Tell(new BugFound(failure), ActorRefs.NoSender);
}
