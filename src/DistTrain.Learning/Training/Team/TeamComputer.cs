using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Computes a node on the threads of a team: each a part that is a node itself, then each a range
/// of the parameters, over which it adds the parts as the tree does. So the bits are those of one
/// thread (docs/NUMERICS.md, N3).
/// </summary>
internal sealed class TeamComputer : NodeComputer
{
    private readonly ComputeTeam _team;
    private readonly int _count;
    private readonly Kernels[] _kernels;
    private readonly NodeComputer[] _computers;
    private readonly NodeParts _parts;

    /// <summary>Of each part but the first, which stands where the node will.</summary>
    private readonly AlignedBuffer<float>?[] _partGradients;

    private readonly BatchMetrics[] _metrics;
    private readonly Action<int> _computePart;
    private readonly Action<int> _addRange;
    private readonly Lazy<AlignedBuffer<float>> _ownParameters;
    private readonly Lazy<AlignedBuffer<float>> _ownGradient;

    // What the call in progress is about.
    private long _step;
    private ReadOnlyMemory<float> _parameters;
    private Memory<float> _gradient;

    /// <param name="task">What is trained.</param>
    /// <param name="team">Not at work elsewhere while this computes; the caller ends it.</param>
    /// <param name="kernels">One for each member.</param>
    /// <param name="skipsZeros">As of the computers of one thread.</param>
    public TeamComputer(
        TrainingTask task, ComputeTeam team, IReadOnlyList<Kernels> kernels, bool skipsZeros)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(kernels.Count, team.Members);
        _team = team;
        _count = task.Layout.Count;
        _kernels = [.. kernels];
        _computers = [.. kernels.Select(own => For(task, own, skipsZeros))];
        _parts = new NodeParts(team.Members);
        _partGradients = new AlignedBuffer<float>?[team.Members];
        _metrics = new BatchMetrics[team.Members];
        _computePart = ComputePart;
        _addRange = AddRange;
        _ownParameters = new(() => new AlignedBuffer<float>(_count));
        _ownGradient = new(() => new AlignedBuffer<float>(_count));
    }

    /// <inheritdoc/>
    /// <remarks>Other threads cannot see a span: where there is more than one part, parameters and
    /// gradient are copied. The overload with memory copies nothing.</remarks>
    public override BatchMetrics Compute(
        long step, int first, int end, ReadOnlySpan<float> parameters, Span<float> gradient)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(parameters.Length, _count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, _count);
        if (end - first == 1 || _team.Members == 1)
        {
            return _computers[0].Compute(step, first, end, parameters, gradient);
        }

        parameters.CopyTo(_ownParameters.Value.Span);
        BatchMetrics metrics = Compute(
            step, first, end, _ownParameters.Value.Memory, _ownGradient.Value.Memory);
        _ownGradient.Value.Span.CopyTo(gradient);
        return metrics;
    }

    /// <inheritdoc/>
    public override BatchMetrics Compute(
        long step, int first, int end, ReadOnlyMemory<float> parameters, Memory<float> gradient)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(parameters.Length, _count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, _count);
        _parts.Split(first, end);
        if (_parts.Count == 1)
        {
            return _computers[0].Compute(step, first, end, parameters.Span, gradient.Span);
        }

        (_step, _parameters, _gradient) = (step, parameters, gradient);
        try
        {
            _team.Run(_computePart);
            _team.Run(_addRange);
        }
        finally
        {
            // The caller's memory is not kept from being collected.
            (_parameters, _gradient) = (default, default);
        }

        foreach ((int left, int right) in _parts.Sums)
        {
            _metrics[left] = BatchMetrics.Combine(_metrics[left], _metrics[right]);
        }

        return _metrics[0];
    }

    private void ComputePart(int member)
    {
        if (member >= _parts.Count)
        {
            return;
        }

        if (member > 0)
        {
            // Made by the thread that uses it, when it first does.
            _partGradients[member] ??= new AlignedBuffer<float>(_count);
        }

        (int first, int end) = _parts[member];
        _metrics[member] = _computers[member].Compute(
            _step, first, end, _parameters.Span, GradientOf(member));
    }

    /// <summary>All sums over the member's share of the parameters, a block at a time: it stays in
    /// L1 from one sum to the next, and no cache line is written by two.</summary>
    private void AddRange(int member)
    {
        long blocks = ((long)_count + ParameterInterval.Block - 1) / ParameterInterval.Block;
        long end = blocks * (member + 1) / _team.Members;
        for (long block = blocks * member / _team.Members; block < end; block++)
        {
            int start = (int)(block * ParameterInterval.Block);
            int length = Math.Min(ParameterInterval.Block, _count - start);
            foreach ((int left, int right) in _parts.Sums)
            {
                Span<float> sum = GradientOf(left).Slice(start, length);
                _kernels[member].Add(sum, GradientOf(right).Slice(start, length), sum);
            }
        }
    }

    private Span<float> GradientOf(int part) =>
        part == 0 ? _gradient.Span : _partGradients[part]!.Span;
}
