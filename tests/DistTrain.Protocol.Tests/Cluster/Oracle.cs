namespace DistTrain.Protocol.Tests;

/// <summary>What a judge says of an epoch (1, 2, …).</summary>
internal delegate (bool Improved, bool Stop) Judge(int epoch);

/// <summary>The run as a plain loop, without roles or messages: what every cluster must give.
/// </summary>
internal static class Oracle
{
    /// <summary>The version that the run ends with, and the hash of its parameters.</summary>
    public static (long Version, long Hash) Run(RunPlan plan, Judge judge)
    {
        long[] parameters = [.. Enumerable.Range(0, plan.Slices).Select(Symbol.Initial)];
        (long Version, long Hash)? best = null;
        long step = 0;
        while (step < plan.TotalSteps)
        {
            parameters = Step(plan, step, parameters);
            step++;
            if (step % plan.StepsPerEpoch == 0)
            {
                (bool improved, bool stop) = judge((int)(step / plan.StepsPerEpoch));
                best = improved ? (step, Symbol.Parameters(parameters)) : best;
                if (stop)
                {
                    break;
                }
            }
        }

        return plan.RestoresBest && best is not null
            ? best.Value
            : (step, Symbol.Parameters(parameters));
    }

    private static long[] Step(RunPlan plan, long step, long[] parameters)
    {
        var root = new TreeNode(0, plan.MicrobatchesOf(step));
        long all = Symbol.Parameters(parameters);
        long[] roots = [.. Enumerable.Range(0, plan.Slices)
            .Select(s => Symbol.OfNode(root, 0, step, s, all))];
        long[] partials = plan.ClipsGlobalNorm
            ? [.. roots.Select((r, s) => Symbol.Partials(s, r))]
            : [];
        return [.. parameters.Select((p, s) => Symbol.Updated(p, roots[s], partials))];
    }
}
