using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>A slice counts an order as done and copies nothing.</summary>
internal sealed class ForgetsSnapshot(IRole inner) : BrokenSlice(inner)
{
    protected override void Out(Effect effect, IList<Effect> effects)
    {
        if (effect is not SaveSnapshot)
        {
            base.Out(effect, effects);
        }
    }
}

/// <summary>A coordinator takes a checkpoint that could not be written for one that was.
/// </summary>
internal sealed class BelievesFailedWrite(IRole inner) : BrokenRole(inner)
{
    public override void Handle(object message, IList<Effect> effects) => Feed(
        message is CheckpointFailed m ? new CheckpointSaved(m.Generation, m.Version) : message,
        effects);
}
