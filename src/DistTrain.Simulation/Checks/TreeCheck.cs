using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>Every microbatch of every step and evaluation is in its tree exactly once.</summary>
internal sealed class TreeCheck(RunPlan plan) : Observer
{
    public override void OnHandled(
        long time, RoleHost role, object? message, IReadOnlyList<Effect> effects)
    {
        for (int i = 0; i < effects.Count; i++)
        {
            switch (effects[i])
            {
                case ApplyUpdate e:
                    RequireCover(role, $"step {e.Step}", plan.MicrobatchesOf(e.Step), e.Nodes);
                    break;
                case CombineGradient e:
                    RequireCover(role, $"step {e.Step}", plan.MicrobatchesOf(e.Step), e.Nodes);
                    break;
                case ReduceEvaluation e:
                    RequireCover(role, $"the {e.Set} set", plan.MicrobatchesOf(e.Set), e.Nodes);
                    break;
            }
        }
    }

    private static void RequireCover(
        RoleHost role, string of, int leaves, ImmutableArray<NodeTensor> nodes)
    {
        int end = 0;
        foreach (NodeTensor part in nodes)
        {
            if (part.Node.Start != end || !part.Node.IsInTreeOf(leaves))
            {
                throw new CheckFailedException(
                    "tree", $"{role.Address}: after microbatch {end} of {of} comes {part.Node}");
            }

            end = part.Node.End;
        }

        if (end != leaves)
        {
            throw new CheckFailedException(
                "tree", $"{role.Address}: {end} of the {leaves} microbatches of {of}");
        }
    }
}
