using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>
/// Cuts a failing scenario down as long as the same check fails: fewer faults, nodes, slices,
/// epochs, features. Greedy, and bounded.
/// </summary>
internal static class Shrinker
{
    private const int MostTries = 400;

    /// <param name="scenario">One that fails.</param>
    /// <param name="run">Runs a scenario; what failed, or null.</param>
    public static Scenario Shrink(Scenario scenario, Func<Scenario, CheckFailedException?> run)
    {
        string? check = run(scenario)?.Check;
        int tries = 0;
        bool isSmaller = check is not null;
        while (isSmaller && tries < MostTries)
        {
            isSmaller = false;
            foreach (Scenario candidate in Smaller(scenario))
            {
                if (++tries > MostTries)
                {
                    break;
                }

                if (run(candidate)?.Check == check)
                {
                    scenario = candidate;
                    isSmaller = true;
                    break;
                }
            }
        }

        return scenario;
    }

    private static IEnumerable<Scenario> Smaller(Scenario scenario) =>
        [.. WithoutFaults(scenario), .. FewerNodes(scenario), .. SmallerPlans(scenario)];

    /// <summary>Without all of the faults first, then without half, then without each.</summary>
    private static IEnumerable<Scenario> WithoutFaults(Scenario scenario)
    {
        IReadOnlyList<Fault> faults = scenario.Faults;
        for (int length = faults.Count; length > 0; length /= 2)
        {
            for (int start = 0; start + length <= faults.Count; start += length)
            {
                yield return scenario with
                {
                    Faults = [.. faults.Take(start), .. faults.Skip(start + length)],
                };
            }
        }
    }

    private static IEnumerable<Scenario> FewerNodes(Scenario scenario)
    {
        if (scenario.Workers > 1)
        {
            yield return scenario with
            {
                Workers = scenario.Workers - 1,
                MinWorkers = Math.Min(scenario.MinWorkers, scenario.Workers - 1),
            };
        }

        for (int node = 0; node < scenario.FirstWorker; node++)
        {
            bool isHead = node < scenario.Heads;
            if (!isHead || scenario.Heads > 1)
            {
                yield return scenario with
                {
                    Heads = scenario.Heads - (isHead ? 1 : 0),
                    ParameterServers = scenario.ParameterServers - (isHead ? 0 : 1),
                    Faults = [.. scenario.Faults.Select(f => Without(f, node)).Where(StrikesAny)],
                };
            }
        }
    }

    private static Fault Without(Fault fault, int node) =>
        fault with { Nodes = Without(fault.Nodes, node), Others = Without(fault.Others, node) };

    private static bool StrikesAny(Fault fault) => fault.Nodes != 0 && fault.Others != 0;

    /// <summary>Takes one bit out and moves the higher ones down.</summary>
    private static int Without(int mask, int node)
    {
        int below = (1 << node) - 1;
        return (mask & below) | ((mask >> 1) & ~below);
    }

    private static IEnumerable<Scenario> SmallerPlans(Scenario scenario)
    {
        RunPlan plan = scenario.Plan;
        RunPlan[] smaller =
        [
            plan with { Epochs = Math.Max(1, plan.Epochs / 2) },
            plan with { Epochs = Math.Max(1, plan.Epochs - 1) },
            plan with { StepsPerEpoch = Math.Max(2, plan.StepsPerEpoch / 2) },
            plan with { StepsPerEpoch = Math.Max(2, plan.StepsPerEpoch - 1) },
            plan with { Slices = Math.Max(1, plan.Slices - 1) },
            plan with { MicrobatchesPerStep = plan.MicrobatchesInLastStep },
            plan with { ClipsGlobalNorm = false },
            plan with { RestoresBest = false },
            plan with { ValidationMicrobatches = 0 },
            plan with { TestMicrobatches = 0 },
            plan with { CheckpointEverySteps = 0 },
        ];
        return smaller.Where(p => p != plan).Select(p => scenario with { Plan = p });
    }
}
