using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>A role as the simulator sees it: a message or a tick in, effects out.</summary>
internal interface IRole
{
    void Handle(object message, IList<Effect> effects);

    void Tick(IList<Effect> effects);
}

/// <summary>Makes the roles of a run. A test may hand in ones that are wrong on purpose.</summary>
internal interface IRoleFactory
{
    /// <summary>A coordinator; <see cref="CoordinatorStart"/> is its first message.</summary>
    IRole NewCoordinator(RunId run, RunPlan plan, CoordinatorOptions options);

    /// <param name="run">The run.</param>
    /// <param name="plan">Its shape.</param>
    /// <param name="slice">Which slice.</param>
    /// <param name="incarnation">Higher than that of any before it.</param>
    IRole NewParameterServer(RunId run, RunPlan plan, SliceId slice, long incarnation);

    IRole NewWorker(RunId run, RunPlan plan, WorkerId worker);
}

/// <summary>Stands for <see cref="Coordinator.Start"/>.</summary>
internal sealed record CoordinatorStart
{
    public static readonly CoordinatorStart Instance = new();
}
