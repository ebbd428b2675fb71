using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// What a parameter slice does with a complete tree of gradients: combines them in tree order,
/// scales, clips, and applies the optimizer, block by block of 4,096 parameters. Owns the moments
/// of its interval. One caller at a time; a team may share the blocks among its threads.
/// </summary>
public sealed class SliceOptimizer
{
    private readonly TrainingTask _task;
    private readonly StepPlan _steps;
    private readonly ParameterInterval _interval;
    private readonly AlignedBuffer<float> _first;
    private readonly AlignedBuffer<float> _second;
    private readonly ComputeTeam? _team;
    private readonly Part[] _parts;
    private readonly Action<int> _applyPart;
    private readonly Action<int> _normPart;
    private Update _update;
    private Norms _norms;

    /// <summary>Of the task's steps.</summary>
    public SliceOptimizer(TrainingTask task, ParameterInterval interval, Kernels kernels)
        : this(task, task.Steps, interval, kernels)
    {
    }

    /// <summary>The same by the threads of a team, which the caller of <see cref="Apply(long,
    /// IReadOnlyList{NodeGradient}, double?, ReadOnlyMemory{float}, Memory{float})"/> must not use
    /// meanwhile.</summary>
    /// <param name="task">What is trained.</param>
    /// <param name="interval">Of the flat block.</param>
    /// <param name="team">Null: the caller's thread alone.</param>
    /// <param name="kernels">Makes those of each thread: kernels own scratch.</param>
    public SliceOptimizer(
        TrainingTask task, ParameterInterval interval, ComputeTeam? team, Func<Kernels> kernels)
        : this(task, task.Steps, interval, team, kernels)
    {
    }

    /// <summary>Of other steps than the task's: those within a round.</summary>
    internal SliceOptimizer(
        TrainingTask task, StepPlan steps, ParameterInterval interval, Kernels kernels)
        : this(task, steps, interval, team: null, () => kernels)
    {
    }

    private SliceOptimizer(
        TrainingTask task, StepPlan steps, ParameterInterval interval, ComputeTeam? team,
        Func<Kernels> kernels)
    {
        _task = task;
        _steps = steps;
        _interval = interval;
        _team = team;
        _parts = [.. Enumerable.Range(0, team?.Members ?? 1).Select(_ => new Part(kernels()))];
        _applyPart = ApplyPart;
        _normPart = NormPart;
        _first = new AlignedBuffer<float>(
            steps.Moments > 0 ? interval.Length : 0, UpdateStreams.FirstMoment);
        _second = new AlignedBuffer<float>(
            steps.Moments > 1 ? interval.Length : 0, UpdateStreams.SecondMoment);
    }

    /// <summary>The parameters that this slice holds.</summary>
    public ParameterInterval Interval => _interval;

    /// <summary>Blocks in the interval: partial square norms that <see cref="SquareNorms"/> gives.
    /// </summary>
    public int BlockCount => _interval.BlockCount;

    /// <summary>Velocity of a momentum or first moment of Adam; empty for SGD.</summary>
    public Memory<float> FirstMoment => _first.Memory;

    /// <summary>Second moment of Adam, else empty.</summary>
    public Memory<float> SecondMoment => _second.Memory;

    /// <summary>
    /// Partial square norms of the step's scaled gradient, one for each block, for clipping.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="nodes">A cover of the step's tree by its nodes, in order.</param>
    /// <param name="partials">(<see cref="BlockCount"/>)</param>
    public void SquareNorms(
        long step, IReadOnlyList<NodeGradient> nodes, Span<double> partials)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(partials.Length, BlockCount);
        RequireWholeTree(step, nodes);
        SquareNorms(_parts[0], 0, BlockCount, nodes, _steps.ScaleOf(step), partials);
    }

    /// <inheritdoc cref="SquareNorms(long, IReadOnlyList{NodeGradient}, Span{double})"/>
    public void SquareNorms(
        long step, IReadOnlyList<NodeGradient> nodes, Memory<double> partials)
    {
        if (_team is null)
        {
            SquareNorms(step, nodes, partials.Span);
            return;
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(partials.Length, BlockCount);
        RequireWholeTree(step, nodes);
        _norms = new Norms(nodes, _steps.ScaleOf(step), partials);
        _team.Run(_normPart);
        _norms = default;
    }

    /// <summary>The square norm of the whole gradient, from the partials of all blocks in order.
    /// </summary>
    public static double FoldSquareNorms(ReadOnlySpan<double> partials) =>
        ReductionTree.Sum(partials);

    /// <summary>Applies step <paramref name="step"/>: from its version to the next.</summary>
    /// <param name="step">The step.</param>
    /// <param name="nodes">A cover of the step's tree by its nodes, in order.</param>
    /// <param name="squareNorm">Of the whole gradient, where the recipe clips; else null.</param>
    /// <param name="before">This interval's parameters of version <paramref name="step"/>.</param>
    /// <param name="after">This interval's parameters of the next version.</param>
    /// <remarks>If a value is not finite the moments are spoilt: nothing may be published, and the
    /// slice goes on only from a restored state.</remarks>
    public UpdateResult Apply(
        long step, IReadOnlyList<NodeGradient> nodes, double? squareNorm,
        ReadOnlySpan<float> before, Span<float> after)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(before.Length, _interval.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(after.Length, _interval.Length);
        RequireWholeTree(step, nodes);
        if (squareNorm is { } square && !double.IsFinite(square))
        {
            return new UpdateResult(NotFiniteIn(nodes) ?? "the norm of the gradient");
        }

        return new UpdateResult(ApplyBlocks(
            _parts[0], 0, BlockCount, nodes, _steps.ConstantsOf(step, squareNorm), before, after));
    }

    /// <inheritdoc cref="Apply(long, IReadOnlyList{NodeGradient}, double?, ReadOnlySpan{float},
    /// Span{float})"/>
    public UpdateResult Apply(
        long step, IReadOnlyList<NodeGradient> nodes, double? squareNorm,
        ReadOnlyMemory<float> before, Memory<float> after)
    {
        // A NaN norm is told by the caller's thread, which looks where it comes from.
        if (_team is null || (squareNorm is { } square && !double.IsFinite(square)))
        {
            return Apply(step, nodes, squareNorm, before.Span, after.Span);
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(before.Length, _interval.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(after.Length, _interval.Length);
        RequireWholeTree(step, nodes);
        _update = new Update(nodes, _steps.ConstantsOf(step, squareNorm), before, after);
        _team.Run(_applyPart);
        _update = default;
        foreach (Part part in _parts)
        {
            if (part.NotFinite is { } where)
            {
                return new UpdateResult(where);
            }
        }

        return default;
    }

    /// <summary>One thread's blocks.</summary>
    private void ApplyPart(int number)
    {
        Part part = _parts[number];
        part.NotFinite = ApplyBlocks(
            part, FirstBlockOf(number), FirstBlockOf(number + 1), _update.Nodes,
            _update.Constants, _update.Before.Span, _update.After.Span);
    }

    private void NormPart(int number) => SquareNorms(
        _parts[number], FirstBlockOf(number), FirstBlockOf(number + 1), _norms.Nodes,
        _norms.Scale, _norms.Partials.Span);

    private void SquareNorms(
        Part part, int first, int end, IReadOnlyList<NodeGradient> nodes, float scale,
        Span<double> partials)
    {
        for (int block = first; block < end; block++)
        {
            ReadOnlySpan<float> root = Combine(part, nodes, block);
            partials[block] = part.Kernels.SquareNorm(root, scale);
        }
    }

    private int FirstBlockOf(int part) => (int)((long)BlockCount * part / _parts.Length);

    /// <returns>The first view that is not finite, or null.</returns>
    private string? ApplyBlocks(
        Part part, int first, int end, IReadOnlyList<NodeGradient> nodes,
        in UpdateStep constants, ReadOnlySpan<float> before, Span<float> after)
    {
        for (int block = first; block < end; block++)
        {
            int start = block * ParameterInterval.Block;
            RootGradient root = part.Combiner.Combine(nodes, start, LengthOf(block));
            string? where = ApplyBlock(part.Kernels, constants, start, root, before, after);
            if (where is not null)
            {
                return where;
            }
        }

        return null;
    }

    // Invariant: a root over fewer leaves would be a gradient of another batch.
    private void RequireWholeTree(long step, IReadOnlyList<NodeGradient> nodes)
    {
        int leaves = _steps.LeavesOf(step);
        if (nodes.Count == 0 || nodes[^1].End != leaves)
        {
            throw new ArgumentException(
                $"The contributions to step {step} do not end at leaf {leaves}.",
                nameof(nodes));
        }
    }

    /// <summary>The first view whose gradient is not finite, or null: it is another slice's.
    /// </summary>
    private string? NotFiniteIn(IReadOnlyList<NodeGradient> nodes)
    {
        for (int block = 0; block < BlockCount; block++)
        {
            ReadOnlySpan<float> root = Combine(_parts[0], nodes, block);
            for (int i = 0; i < root.Length; i++)
            {
                if (!float.IsFinite(root[i]))
                {
                    int index = _interval.Start + (block * ParameterInterval.Block) + i;
                    return _task.Layout.ViewAt(index).Name;
                }
            }
        }

        return null;
    }

    private ReadOnlySpan<float> Combine(
        Part part, IReadOnlyList<NodeGradient> nodes, int block) =>
        part.Combiner.CombineAll(nodes, block * ParameterInterval.Block, LengthOf(block));

    private int LengthOf(int block) =>
        Math.Min(ParameterInterval.Block, _interval.Length - (block * ParameterInterval.Block));

    /// <summary>Updates one block, view by view: biases get neither L2 nor decay.</summary>
    private string? ApplyBlock(
        Kernels kernels, in UpdateStep constants, int start, RootGradient root,
        ReadOnlySpan<float> before, Span<float> after)
    {
        var state = new OptimizerMoments(_first.Span, _second.Span);
        for (int done = 0; done < root.Length;)
        {
            int at = start + done;
            ParameterView view = _task.Layout.ViewAt(_interval.Start + at);
            int inView = view.Offset + view.Length - (_interval.Start + at);
            int length = Math.Min(root.Length - done, inView);
            UpdateStep step = view.IsWeight ? constants : constants with { L2 = 0, Decay = 1 };
            float largest = kernels.Update(
                root.Slice(done, length), before.Slice(at, length), after.Slice(at, length),
                state.Slice(at, length), step);
            if (!float.IsFinite(largest))
            {
                return view.Name;
            }

            done += length;
        }

        return null;
    }

    /// <summary>What one thread needs for its blocks.</summary>
    private sealed class Part(Kernels kernels)
    {
        public Kernels Kernels => kernels;

        public GradientCombiner Combiner { get; } = new(kernels);

        /// <summary>Of its blocks of the last update.</summary>
        public string? NotFinite { get; set; }
    }

    /// <summary>The norms that a team is at.</summary>
    private readonly record struct Norms(
        IReadOnlyList<NodeGradient> Nodes, float Scale, Memory<double> Partials);

    /// <summary>The update that a team is at.</summary>
    private readonly record struct Update(
        IReadOnlyList<NodeGradient> Nodes, UpdateStep Constants, ReadOnlyMemory<float> Before,
        Memory<float> After);
}

/// <summary>Whether an update may be published.</summary>
/// <param name="NotFinite">The first parameter view with a NaN or infinity (or, where it is
/// in another slice, "the norm of the gradient"); null: all finite.</param>
public readonly record struct UpdateResult(string? NotFinite)
{
    public bool IsFinite => NotFinite is null;
}
