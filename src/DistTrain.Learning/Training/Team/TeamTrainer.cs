using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Whole steps on the threads of a team, gradient and update, with hardly anything that one thread
/// wrote and another reads: each has its units of the first layer, where most parameters are, and
/// its samples on the layers above. What goes from core to core is activations and the small upper
/// weights, where threads that share the samples alone exchange gradients and weights. Same bits
/// (docs/adr/0012-teams.md). An update that cannot fail replaces the weights it reads
/// (docs/adr/0017-updates-in-place.md).
/// </summary>
/// <remarks>
/// The split of the first layer is the column-parallel layer of Shoeybi et al. (2019), and that of
/// the rest Krizhevsky's (2014) other half: "One weird trick".
/// </remarks>
public sealed partial class TeamTrainer
{
    private const long NoStep = -1;

    // Measured on four networks, 2 to 16 threads, AMD and Intel (bench threads).
    private const int ManyMembers = 8;
    private const int MostSamplesOfFew = 128;

    private readonly TrainingTask _task;
    private readonly ComputeTeam _team;
    private readonly LayerStack _stack;
    private readonly UpperLayers _upper;
    private readonly TeamMember[] _members;
    private readonly FirstLayerPart? _shared;
    private readonly FirstLayerPart[] _parts;
    private readonly UpdateBound _bound;
    private readonly float? _largestInput;
    private readonly Action<int> _runFirstLayer;
    private readonly Action<int> _runUpperLayers;
    private readonly Action<int> _update;

    // What the call in progress is about.
    private long _step;

    // The block of the version held, and that of the one which an update makes: it may be the same.
    private int _version;
    private int _next;
    private UpdateStep _constants;

    /// <param name="task">What is trained; <see cref="Supports"/> says which.</param>
    /// <param name="team">Not at work elsewhere meanwhile; the caller ends it.</param>
    /// <param name="kernels">The arithmetic: makes new ones for each thread.</param>
    /// <param name="skipsZeros">Leave zeros of the inputs out where that is faster: same bits.
    /// </param>
    /// <exception cref="ArgumentException">The task is not supported.</exception>
    public TeamTrainer(
        TrainingTask task, ComputeTeam team, Func<Kernels> kernels, bool skipsZeros = true)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(kernels);
        if (!Supports(task, team.Members))
        {
            throw new ArgumentException(
                $"a team of {team.Members} cannot train this task together", nameof(task));
        }

        _task = task;
        _team = team;
        _upper = new UpperLayers(task.Layout, task.Steps.Moments);
        _members = [.. Enumerable.Range(0, team.Members).Select(
            i => new TeamMember(task, kernels(), skipsZeros, i, team.Members))];
        _shared = TrySharedPart(task, team.Members);
        _parts = [
            .. _members.Select(member => member.First),
            .. _shared is null ? Array.Empty<FirstLayerPart>() : [_shared],
        ];
        _stack = new LayerStack(
            task.Recipe, task.Batches.BatchSize, [.. _parts.Select(part => part.FirstUnit)]);
        _bound = new UpdateBound(task);
        _largestInput = task.Data.Scaling.LargestInput;
        Require(_version);
        _runFirstLayer = i => RunFirstLayer(_members[i]);
        _runUpperLayers = i => RunUpperLayers(_members[i]);
        _update = i => Update(_members[i]);
    }

    /// <summary>The step whose gradient is computed and not yet applied; negative: none.</summary>
    public long ComputedStep { get; private set; } = NoStep;

    /// <summary>An update in place was broken off by what a thread threw: there are parameters
    /// again when some are loaded.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether the last update replaced the version that it read.</summary>
    internal bool UpdatesInPlace { get; private set; }

    /// <summary>Whether so many threads can train the task so: synchronously, without a norm of the
    /// whole gradient, a batch that is one pass, and a first layer that can be divided.</summary>
    public static bool Supports(TrainingTask task, int members)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.Recipe.Mode.Kind == ModeKind.Sync
            && !task.Steps.ClipsGlobalNorm
            && task.Batches.BatchSize <= GradientComputer.MaxSamplesAPass
            && !LayerStack.NeedsWholeSamples(task.Recipe, layer: 0)
            && members <= MostMembers(task);
    }

    /// <summary>Threads that can have a part of the task's first layer.</summary>
    public static int MostMembers(TrainingTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return FirstLayerDivision.MostMembers(task.Layout.Weight(0).Columns);
    }

    /// <summary>Whether it is the faster way besides. What each of its threads does more, gather
    /// all samples, grows with the batch; what threads that share the samples alone do more,
    /// exchange gradients and weights, does not, and many of them cannot divide a small batch.
    /// </summary>
    public static bool Pays(TrainingTask task, int members) =>
        Supports(task, members)
        && (members is 1 or >= ManyMembers || task.Batches.BatchSize <= MostSamplesOfFew);

    /// <summary>Begins at these parameters, whatever was computed before.</summary>
    /// <param name="parameters">The flat block.</param>
    public void LoadParameters(ReadOnlySpan<float> parameters)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(parameters.Length, _task.Layout.Count);
        ComputedStep = NoStep;
        IsBroken = false;
        _upper.LoadParameters(_version, parameters);
        foreach (FirstLayerPart part in _parts)
        {
            part.LoadParameters(_version, parameters);
        }

        for (int i = 0; i < _bound.Parameters.Length; i++)
        {
            ParameterView view = _task.Layout.Views[i];
            _bound.Parameters[i] = _members[0].Kernels.LargestMagnitude(
                parameters.Slice(view.Offset, view.Length));
        }
    }

    /// <summary>Takes up the optimizer's moments.</summary>
    /// <param name="first">As long as the parameters; not read where the optimizer keeps none.
    /// </param>
    /// <param name="second">Likewise.</param>
    public void LoadMoments(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        _bound.LoadMoments(
            _task.Steps.Moments > 0 ? first : default, _task.Steps.Moments > 1 ? second : default,
            _members[0].Kernels);
        _upper.LoadMoments(first, second);
        foreach (FirstLayerPart part in _parts)
        {
            part.LoadMoments(first, second);
        }
    }

    /// <summary>Writes the parameters of the version held.</summary>
    /// <param name="parameters">The flat block.</param>
    /// <exception cref="InvalidOperationException"><see cref="IsBroken"/>.</exception>
    public void StoreParameters(Span<float> parameters)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(parameters.Length, _task.Layout.Count);
        RequireWhole();
        _upper.StoreParameters(_version, parameters);
        foreach (FirstLayerPart part in _parts)
        {
            part.StoreParameters(_version, parameters);
        }
    }

    /// <summary>Writes the optimizer's moments.</summary>
    /// <param name="first">As long as the parameters; empty where the optimizer keeps none.</param>
    /// <param name="second">Likewise.</param>
    public void StoreMoments(Span<float> first, Span<float> second)
    {
        _upper.StoreMoments(first, second);
        foreach (FirstLayerPart part in _parts)
        {
            part.StoreMoments(first, second);
        }
    }

    /// <summary>Computes a step's batch on the version held, to the gradient of every layer's
    /// logits; that of the parameters is made when it is applied.</summary>
    /// <exception cref="InvalidOperationException"><see cref="IsBroken"/>.</exception>
    public BatchMetrics Compute(long step)
    {
        RequireWhole();
        ComputedStep = NoStep;
        _step = step;
        _stack.Begin(_task.Batches.SamplesOf(step), isTraining: true);
        _team.Run(_runFirstLayer);
        _team.Run(_runUpperLayers);
        ComputedStep = step;
        int correct = 0;
        foreach (TeamMember member in _members)
        {
            correct += member.Correct;
        }

        return MetricsReduction.Batch(_stack, correct, _task.Batches.Microbatch);
    }

    private void Require(int version)
    {
        _upper.Require(version);
        foreach (FirstLayerPart part in _parts)
        {
            part.Require(version);
        }
    }

    private void RequireWhole()
    {
        if (IsBroken)
        {
            throw new InvalidOperationException(
                "an update was broken off; there are no parameters until some are loaded");
        }
    }

    /// <summary>The member's units of the first layer, for all samples.</summary>
    private void RunFirstLayer(TeamMember member)
    {
        int leaves = _task.Batches.MicrobatchesOf(_step);
        ReadOnlySpan<int> indices = _task.Batches.SamplesOf(_step, 0, leaves);
        member.Batch.Gather(
            _task.Data.Training, indices, _task.Recipe.Data.ClassWeights,
            _task.Batches.SamplesAhead(_step, 1, 0, leaves));
        FirstLayerPart first = member.First;
        foreach (FirstLayerStrip strip in first.Strips)
        {
            _stack.Forward(
                member.Kernels, 0, member.Batch.Values, first.Weight(strip, _version),
                _upper.Of(_version, _task.Layout.Bias(0).Offset + strip.FirstUnit, strip.Units),
                UnitsOf(0, strip.FirstUnit, strip.Units), indices, _step, member.Batch.Nonzeros);
        }

        ForwardShared(member, indices);
    }

    /// <summary>The member's samples, up to the loss and back to the second layer.</summary>
    private void RunUpperLayers(TeamMember member)
    {
        (int firstSample, int samples) = member.SamplesOf(_stack.Samples);
        member.Correct = 0;
        if (samples == 0)
        {
            return;
        }

        ReadOnlySpan<int> indices = _task.Batches.SamplesOf(
            _step, 0, _task.Batches.MicrobatchesOf(_step));
        _stack.Collect(firstSample, samples);
        for (int layer = 1; layer < _stack.Layers; layer++)
        {
            ParameterView bias = _task.Layout.Bias(layer);
            Matrix x = _stack.InputOf(layer);
            _stack.Forward(
                member.Kernels, layer, x.Part(firstSample, samples, 0, x.Columns),
                WeightOf(layer, 0, x.Columns), _upper.Of(_version, bias.Offset, bias.Length),
                SamplesOf(layer), indices, _step);
        }

        _stack.RunLoss(
            member.Kernels, firstSample, samples, member.Batch.Labels, member.Batch.Weights);
        _stack.FinishLoss(member.Kernels, firstSample, samples);
        member.Correct = MetricsReduction.Correct(
            _stack, member.Batch.Labels, firstSample, firstSample + samples);
        for (int layer = _stack.Layers - 1; layer > 1; layer--)
        {
            _stack.Backward(
                member.Kernels, layer, WeightOf(layer, 0, _task.Layout.Weight(layer).Rows),
                SamplesOf(layer - 1));
        }

        BackwardShared(member);

        BatchShare SamplesOf(int layer) => _stack.Whole(layer) with
        {
            FirstSample = firstSample,
            Samples = samples,
        };
    }

    private BatchShare UnitsOf(int layer, int first, int count) => _stack.Whole(layer) with
    {
        FirstUnit = first,
        Units = count,
    };

    private ReadOnlyMatrix WeightOf(int layer, int firstRow, int rows)
    {
        ParameterView weight = _task.Layout.Weight(layer);
        return new ReadOnlyMatrix(
            _upper.Of(
                _version, weight.Offset + (firstRow * weight.Columns), rows * weight.Columns),
            rows, weight.Columns);
    }
}
