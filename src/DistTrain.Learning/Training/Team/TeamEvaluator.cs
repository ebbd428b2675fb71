using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>Evaluates a node on the threads of a team, each a part that is a node itself: the bits
/// of one thread.</summary>
public sealed class TeamEvaluator
{
    private readonly ComputeTeam _team;
    private readonly Evaluator[] _evaluators;
    private readonly NodeParts _parts;
    private readonly EvaluationMetrics[] _metrics;
    private readonly Action<int> _evaluatePart;

    // What the call in progress is about.
    private Dataset _set = null!;
    private ReadOnlyMemory<float> _parameters;

    /// <param name="task">What is trained.</param>
    /// <param name="team">Not at work elsewhere meanwhile; the caller ends it.</param>
    /// <param name="kernels">The arithmetic: makes new ones for each thread.</param>
    public TeamEvaluator(TrainingTask task, ComputeTeam team, Func<Kernels> kernels)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(kernels);
        _team = team;
        _evaluators = [.. Enumerable.Range(0, team.Members)
            .Select(_ => new Evaluator(task, kernels()))];
        _parts = new NodeParts(team.Members);
        _metrics = new EvaluationMetrics[team.Members];
        _evaluatePart = EvaluatePart;
    }

    /// <inheritdoc cref="Evaluator.Evaluate"/>
    public EvaluationMetrics Evaluate(
        Dataset set, int first, int end, ReadOnlyMemory<float> parameters)
    {
        _parts.Split(first, end);
        (_set, _parameters) = (set, parameters);
        try
        {
            _team.Run(_evaluatePart);
        }
        finally
        {
            // The caller's memory is not kept from being collected.
            _parameters = default;
        }

        foreach ((int left, int right) in _parts.Sums)
        {
            _metrics[left] = EvaluationMetrics.Combine(_metrics[left], _metrics[right]);
        }

        return _metrics[0];
    }

    private void EvaluatePart(int member)
    {
        if (member < _parts.Count)
        {
            (int first, int end) = _parts[member];
            _metrics[member] = _evaluators[member].Evaluate(
                _set, first, end, _parameters.Span);
        }
    }
}
