using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>The numbers of one slice: its interval of the parameters, moments, best copy.</summary>
internal abstract class SliceState
{
    /// <summary>What a slice holds before it has loaded anything.</summary>
    public const long NoVersion = -1;

    private readonly RoleContext _context;
    private readonly ParameterInterval _interval;
    private float[] _best = [];

    /// <param name="context">The run.</param>
    /// <param name="interval">Which parameters.</param>
    protected SliceState(RoleContext context, ParameterInterval interval)
    {
        _context = context;
        _interval = interval;
    }

    /// <summary>The version held, finite and whole.</summary>
    public long Version { get; private set; } = NoVersion;

    /// <summary>The version that the best copy is of; null: none is kept.</summary>
    public long? BestVersion { get; private set; }

    /// <summary>As long as the interval, or empty: to be written before
    /// <see cref="TakeUpMoments"/>, and read after <see cref="WriteOutMoments"/>.</summary>
    protected abstract Span<float> FirstMoment { get; }

    /// <summary>Likewise.</summary>
    protected abstract Span<float> SecondMoment { get; }

    /// <summary>Takes up the best copy.</summary>
    public void LoadBest(long version)
    {
        if (BestVersion != version)
        {
            throw new InvariantException(
                $"best of version {version} is wanted, {BestVersion} is kept");
        }

        _best.CopyTo(Begin(version));
        TakeUpParameters(version);
        Version = version;
    }

    /// <summary>Writes the slice's part of the partial square norms.</summary>
    public abstract void SquareNorms(long step, ImmutableArray<NodeTensor> nodes);

    /// <summary>Makes version <paramref name="step"/> + 1.</summary>
    /// <returns>Why it must not be published, or null.</returns>
    public string? Apply(
        long step, ImmutableArray<NodeTensor> nodes, ImmutableArray<TensorHandle> partials,
        out BatchMetrics metrics)
    {
        UpdateResult result = ApplyStep(step, nodes, partials, out metrics);
        if (!result.IsFinite || !double.IsFinite(metrics.LossSum))
        {
            return NotFinite.Explain(
                step, _context.Task.Layout, metrics, Gradients(step, nodes), result.NotFinite);
        }

        Version = step + 1;
        return null;
    }

    public void KeepBest(long version)
    {
        _best = _best.Length == 0 ? new float[_interval.Length] : _best;
        ParametersOf(version).CopyTo(_best);
        BestVersion = version;
    }

    /// <summary>What is held now, for a checkpoint; valid until the next call.</summary>
    public SliceView View()
    {
        WriteOutMoments();
        return new SliceView(
            _interval, ParametersOf(Version), FirstMoment, SecondMoment, BestVersion, _best);
    }

    /// <summary>The seeded starting parameters.</summary>
    public void LoadInitial(long version)
    {
        Initialization.Fill(
            _context.Task.Recipe, _context.Task.Layout, _interval, Begin(version));
        FirstMoment.Clear();
        SecondMoment.Clear();
        BestVersion = null;
        TakeUp(version);
    }

    /// <summary>The slice's part of a checkpoint.</summary>
    public void Load(SliceSaved from)
    {
        from.Parameters.Span.CopyTo(Begin(from.Version));
        from.FirstMoment.Span.CopyTo(FirstMoment);
        from.SecondMoment.Span.CopyTo(SecondMoment);
        BestVersion = from.BestVersion;
        if (from.BestVersion is not null)
        {
            _best = from.Best.ToArray();
        }

        TakeUp(from.Version);
    }

    /// <summary>The parameters of a version that is held, in public order, (interval).</summary>
    protected abstract ReadOnlySpan<float> ParametersOf(long version);

    /// <summary>Room for the parameters of a version, in public order, (interval).</summary>
    protected abstract Span<float> Begin(long version);

    /// <summary>The parameters of a version stand where <see cref="Begin"/> had them written.
    /// </summary>
    protected abstract void TakeUpParameters(long version);

    /// <summary>The moments stand written.</summary>
    protected abstract void TakeUpMoments();

    /// <summary>The moments are going to be read.</summary>
    protected abstract void WriteOutMoments();

    /// <summary>One step of the optimizer.</summary>
    protected abstract UpdateResult ApplyStep(
        long step, ImmutableArray<NodeTensor> nodes, ImmutableArray<TensorHandle> partials,
        out BatchMetrics metrics);

    /// <summary>The gradients of a step that is not finite.</summary>
    protected abstract IEnumerable<SliceGradient> Gradients(
        long step, ImmutableArray<NodeTensor> nodes);

    private void TakeUp(long version)
    {
        TakeUpParameters(version);
        TakeUpMoments();
        Version = version;
    }
}

/// <summary>What a slice holds at one version, where it stands.</summary>
/// <param name="interval">Which parameters.</param>
/// <param name="parameters">(interval)</param>
/// <param name="firstMoment">(interval), or empty.</param>
/// <param name="secondMoment">(interval), or empty.</param>
/// <param name="bestVersion">The version of the best parameters; null: none.</param>
/// <param name="best">(interval), or empty.</param>
internal readonly ref struct SliceView(
    ParameterInterval interval, ReadOnlySpan<float> parameters, ReadOnlySpan<float> firstMoment,
    ReadOnlySpan<float> secondMoment, long? bestVersion, ReadOnlySpan<float> best)
{
    public ParameterInterval Interval { get; } = interval;

    public ReadOnlySpan<float> Parameters { get; } = parameters;

    public ReadOnlySpan<float> FirstMoment { get; } = firstMoment;

    public ReadOnlySpan<float> SecondMoment { get; } = secondMoment;

    public long? BestVersion { get; } = bestVersion;

    public ReadOnlySpan<float> Best { get; } = best;
}
