using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Some columns of the first layer's weight, the units of one thread or those that all share, with
/// all that belongs to them: versions, moments, gradient. They stand apart from other columns,
/// strip behind strip and row behind row, so that neither a thread nor its processor's prefetchers
/// touch what another core writes. Numbers between the columns and the stride are 0 and stay 0.
/// </summary>
internal sealed class FirstLayerPart
{
    /// <summary>Strips begin at a cache line, as parts do.</summary>
    private const int Line = FirstLayerDivision.LineUnits;

    /// <summary>A part that is larger does not stay in L2 and is cut.</summary>
    private const int FewNumbers = 128 * 1024;

    /// <summary>The widest tile of 512-bit vectors, and two of 256-bit ones.</summary>
    private const int DenseStripUnits = 3 * Line;

    /// <summary>The same of the tiles that skip zeros.</summary>
    private const int SparseStripUnits = 6 * Line;

    private readonly ParameterView _weight;
    private readonly FirstLayerStrip[] _strips;
    private readonly TwoVersions _versions;
    private readonly AlignedBuffer<float> _first;
    private readonly AlignedBuffer<float> _second;
    private readonly AlignedBuffer<float> _gradient;

    /// <param name="weight">Of the first layer.</param>
    /// <param name="moments">That the optimizer keeps, 0 … 2.</param>
    /// <param name="firstUnit">The first column.</param>
    /// <param name="units">Columns, 1 or more.</param>
    /// <param name="pads">Whether rows begin on cache lines where there is one strip.</param>
    /// <param name="skipsZeros">Whether most batches will have zeros enough to skip them.</param>
    public FirstLayerPart(
        ParameterView weight, int moments, int firstUnit, int units, bool pads, bool skipsZeros)
    {
        _weight = weight;
        FirstUnit = firstUnit;
        Units = units;
        _strips = Cut(
            weight.Rows, firstUnit, units, skipsZeros ? SparseStripUnits : DenseStripUnits, pads);
        int length = checked(_strips[^1].Offset + (weight.Rows * _strips[^1].Stride));
        _versions = new TwoVersions(length);
        _gradient = new AlignedBuffer<float>(
            UpdateStreams.Room + (weight.Rows * _strips.Max(strip => strip.Stride)),
            UpdateStreams.Gradient);
        _first = new AlignedBuffer<float>(
            moments > 0 ? length : 0, UpdateStreams.FirstMoment);
        _second = new AlignedBuffer<float>(
            moments > 1 ? length : 0, UpdateStreams.SecondMoment);
    }

    /// <summary>The first column.</summary>
    public int FirstUnit { get; }

    /// <summary>Columns, 1 or more.</summary>
    public int Units { get; }

    /// <summary>The columns in the strips that are worked on one after the other: the gradient of
    /// one is in L2 when its update reads it, and that of the next is written over it.</summary>
    public ReadOnlySpan<FirstLayerStrip> Strips => _strips;

    /// <summary>(inputs, the strip's units) of a version, by its parity.</summary>
    public ReadOnlyMatrix Weight(FirstLayerStrip strip, int version) =>
        View(_versions[version], strip);

    /// <summary>(inputs, the strip's units), to be written; all strips have it in turn.</summary>
    public Matrix Gradient(FirstLayerStrip strip) =>
        new(GradientOf(strip), _weight.Rows, strip.Units, strip.Stride);

    /// <summary>Has a block for a version, by its parity.</summary>
    public void Require(int version) => _versions.Require(version);

    /// <summary>One update over rows of a strip, from the gradient there.</summary>
    /// <param name="strip">Which.</param>
    /// <param name="firstRow">The first of them.</param>
    /// <param name="rows">How many.</param>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="version">To update from, by its parity.</param>
    /// <param name="next">To update to: the same block or the other.</param>
    /// <param name="step">The step's constants.</param>
    /// <returns>The largest magnitude of a new weight.</returns>
    public float Update(
        FirstLayerStrip strip, int firstRow, int rows, Kernels kernels, int version, int next,
        in UpdateStep step)
    {
        int row = firstRow * strip.Stride;
        int at = strip.Offset + row;
        int length = rows * strip.Stride;
        return kernels.Update(
            GradientOf(strip).Slice(row, length), _versions[version].Slice(at, length),
            _versions[next].Slice(at, length),
            new OptimizerMoments(_first.Span, _second.Span).Slice(at, length), step);
    }

    /// <summary>Takes up its columns of the weights in public order.</summary>
    public void LoadParameters(int version, ReadOnlySpan<float> parameters) =>
        Load(_versions[version], parameters);

    /// <summary>Takes up its columns of the moments in public order.</summary>
    public void LoadMoments(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        Load(_first.Span, first);
        Load(_second.Span, second);
    }

    /// <summary>Writes its columns of the weights in public order.</summary>
    public void StoreParameters(int version, Span<float> parameters) =>
        Store(_versions[version], parameters);

    /// <summary>Writes its columns of the moments in public order.</summary>
    public void StoreMoments(Span<float> first, Span<float> second)
    {
        Store(_first.Span, first);
        Store(_second.Span, second);
    }

    private Span<float> GradientOf(FirstLayerStrip strip) => _gradient.Span.Slice(
        UpdateStreams.StartOf(strip.Offset), _weight.Rows * strip.Stride);

    /// <summary>Strips of so many units, and of one cache line less where a single one would be
    /// left over.</summary>
    private static FirstLayerStrip[] Cut(
        int rows, int firstUnit, int units, int stripUnits, bool pads)
    {
        if ((long)rows * units <= FewNumbers)
        {
            int together = pads ? BatchBuffer.StrideOf(units) : units;
            return [new FirstLayerStrip(firstUnit, units, together, 0)];
        }

        var strips = new List<FirstLayerStrip>();
        int width;
        for (int done = 0; done < units; done += width)
        {
            int left = units - done;
            bool leavesOne = left > stripUnits && left <= stripUnits + Line;
            width = Math.Min(leavesOne ? stripUnits - Line : stripUnits, left);

            // All strips but the last are whole cache lines wide, so they stand without gaps.
            int stride = FirstLayerDivision.MostMembers(width) * Line;
            strips.Add(new FirstLayerStrip(
                firstUnit + done, width, stride, checked(rows * done)));
        }

        return [.. strips];
    }

    private Matrix View(Span<float> numbers, FirstLayerStrip strip) => new(
        numbers[strip.Offset..], _weight.Rows, strip.Units, strip.Stride);

    private void Load(Span<float> part, ReadOnlySpan<float> block)
    {
        foreach (FirstLayerStrip strip in part.Length > 0 ? _strips : [])
        {
            for (int row = 0; row < _weight.Rows; row++)
            {
                block.Slice(StartIn(row, strip), strip.Units).CopyTo(View(part, strip).Row(row));
            }
        }
    }

    private void Store(Span<float> part, Span<float> block)
    {
        foreach (FirstLayerStrip strip in part.Length > 0 ? _strips : [])
        {
            for (int row = 0; row < _weight.Rows; row++)
            {
                View(part, strip).Row(row).CopyTo(block.Slice(StartIn(row, strip), strip.Units));
            }
        }
    }

    private int StartIn(int row, FirstLayerStrip strip) =>
        _weight.Offset + (row * _weight.Columns) + strip.FirstUnit;
}

/// <summary>Columns of a part, and where they stand in it: rows without gaps between them.
/// </summary>
/// <param name="FirstUnit">The first column in the weight.</param>
/// <param name="Units">Columns, 1 or more.</param>
/// <param name="Stride">Numbers between the starts of two rows.</param>
/// <param name="Offset">Where the first row begins.</param>
internal readonly record struct FirstLayerStrip(int FirstUnit, int Units, int Stride, int Offset);
