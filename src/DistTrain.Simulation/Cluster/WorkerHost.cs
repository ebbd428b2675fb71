using System.Collections.Immutable;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>A worker and its arithmetic, which takes time, comes late or throws.</summary>
internal sealed class WorkerHost(Process process, int worker) : RoleHost(
    process, Address.Worker(worker),
    process.World.Roles.NewWorker(
        process.World.Run, process.World.Scenario.Plan, new WorkerId(worker)))
{
    protected override void Execute(Effect effect)
    {
        switch (effect)
        {
            case ComputeGradient e:
                if (!Throws(e.Step))
                {
                    ImmutableArray<TensorHandle> gradient =
                        World.Computation.Gradient(e.Step, e.Node, e.Parameters);
                    Answer(
                        CostOf(e.Node), new GradientComputed(e.Step, e.Node, gradient, e.Basis));
                }

                break;
            case ComputeEvaluation e:
                if (!Throws(e.Version))
                {
                    TensorHandle metrics =
                        World.Computation.Metrics(e.Set, e.Version, e.Node, e.Parameters);
                    Answer(CostOf(e.Node) / 3, new EvaluationComputed(
                        e.Generation, e.Evaluation, e.Set, e.Version, e.Node, metrics));
                }

                break;
            case LeaveRun:
                Process.Leave();
                break;
            default:
                throw new CheckFailedException(
                    "effects", $"a worker has no {effect.GetType().Name}");
        }
    }

    private bool Throws(long step)
    {
        Node node = Process.Node;
        if (node.ComputeThrows is not { } fault)
        {
            return false;
        }

        node.ComputeThrows = null;
        fault.HadAnEffect();
        World.Watch.Engine(node.Id, $"computing for step {step} throws");
        Process.Fail(step);
        return true;
    }

    private long CostOf(TreeNode node)
    {
        long late = 0;
        if (Process.Node.ComputesLate is { } fault)
        {
            Process.Node.ComputesLate = null;
            fault.HadAnEffect();
            late = fault.Fault.Amount;
        }

        if (Process.Node.Slowness > 1)
        {
            World.Faults.SlownessFelt(Process.Node.Id);
        }

        return late + (node.Length * World.Scenario.Costs.MicrobatchMicros);
    }
}
