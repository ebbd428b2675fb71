using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>Gradients from parameters that came, on the worker's thread or on a team's. What is
/// not asked for is not made.</summary>
internal sealed class WorkerArithmetic(RoleContext context) : IWorkerArithmetic
{
    private NodeComputer? _computer;
    private TeamEvaluator? _teamEvaluator;
    private Evaluator? _evaluator;

    public BatchMetrics Gradient(
        long step, TreeNode node, ReadOnlyMemory<float> parameters, Memory<float> gradient)
    {
        _computer ??= context.NewComputer();
        return _computer.Compute(step, node.Start, node.End, parameters, gradient);
    }

    public EvaluationMetrics Evaluate(
        Dataset set, TreeNode node, long version, ReadOnlyMemory<float> parameters)
    {
        if (context.Team is { } team)
        {
            _teamEvaluator ??= new TeamEvaluator(context.Task, team, context.NewKernels);
            return _teamEvaluator.Evaluate(set, node.Start, node.End, parameters);
        }

        _evaluator ??= new Evaluator(context.Task, context.NewKernels());
        return _evaluator.Evaluate(set, node.Start, node.End, parameters.Span);
    }
}
