using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>A coordinator on the head that leads.</summary>
internal sealed class CoordinatorHost(
    Process process, HeadEngine head, CoordinatorOptions options) : RoleHost(
    process, Address.Coordinator,
    process.World.Roles.NewCoordinator(
        process.World.Run, process.World.Scenario.Plan, options))
{
    protected override void Execute(Effect effect)
    {
        switch (effect)
        {
            case EndRun e:
                World.OnEnded(this, e);
                head.StandDown();
                break;
            case StandDown:
                head.StandDown();
                break;
            default:
                throw new CheckFailedException(
                    "effects", $"a coordinator has no {effect.GetType().Name}");
        }
    }
}
