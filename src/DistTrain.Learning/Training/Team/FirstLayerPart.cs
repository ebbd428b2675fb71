using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Some columns of the first layer's weight, the units of one thread, with all that belongs to
/// them: two versions, moments, gradient. They stand apart from other threads' columns, row behind
/// row, so that neither a thread nor its processor's prefetchers touch what another core writes.
/// Numbers between the columns and the stride are 0 and stay 0.
/// </summary>
internal sealed class FirstLayerPart
{
    /// <summary>Parts begin at a cache line, which every vector divides.</summary>
    private const int Unit = 16;

    private readonly ParameterView _weight;
    private readonly AlignedBuffer<float>[] _versions;
    private readonly AlignedBuffer<float> _first;
    private readonly AlignedBuffer<float> _second;
    private readonly AlignedBuffer<float> _gradient;

    /// <param name="weight">Of the first layer.</param>
    /// <param name="moments">That the optimizer keeps, 0 … 2.</param>
    /// <param name="member">Whose part, from 0.</param>
    /// <param name="members">At most <see cref="MostMembers"/>.</param>
    public FirstLayerPart(ParameterView weight, int moments, int member, int members)
    {
        _weight = weight;
        int units = MostMembers(weight.Columns);
        FirstUnit = StartOf(member);
        Units = StartOf(member + 1) - FirstUnit;

        // Nobody is beside the only one: as in the block.
        Stride = members == 1 ? Units : BatchBuffer.StrideOf(Units);
        int length = checked(weight.Rows * Stride);
        _versions = [new AlignedBuffer<float>(length), new AlignedBuffer<float>(length)];
        _gradient = new AlignedBuffer<float>(length);
        _first = new AlignedBuffer<float>(moments > 0 ? length : 0);
        _second = new AlignedBuffer<float>(moments > 1 ? length : 0);

        int StartOf(int i) => Math.Min(
            (int)((long)units * i / members) * Unit, weight.Columns);
    }

    /// <summary>The first column.</summary>
    public int FirstUnit { get; }

    /// <summary>Columns, 1 or more.</summary>
    public int Units { get; }

    /// <summary>Numbers between the starts of two rows.</summary>
    public int Stride { get; }

    /// <summary>Threads that can each have a part of so many columns.</summary>
    public static int MostMembers(int columns) => (columns + Unit - 1) / Unit;

    /// <summary>(inputs, units) of a version, by its parity.</summary>
    public ReadOnlyMatrix Weight(int version) => View(_versions[version]);

    /// <summary>(inputs, units), to be written.</summary>
    public Matrix Gradient => View(_gradient);

    /// <summary>One update over the part, from the gradient there.</summary>
    /// <returns>True if all is finite.</returns>
    public bool Update(Kernels kernels, int version, in UpdateStep step) => kernels.Update(
        _gradient.Span, _versions[version].Span, _versions[1 - version].Span,
        new OptimizerMoments(_first.Span, _second.Span), step);

    /// <summary>Takes up its columns of the weights in public order.</summary>
    public void LoadParameters(int version, ReadOnlySpan<float> parameters) =>
        Load(_versions[version], parameters);

    /// <summary>Takes up its columns of the moments in public order.</summary>
    public void LoadMoments(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        Load(_first, first);
        Load(_second, second);
    }

    /// <summary>Writes its columns of the weights in public order.</summary>
    public void StoreParameters(int version, Span<float> parameters) =>
        Store(_versions[version], parameters);

    /// <summary>Writes its columns of the moments in public order.</summary>
    public void StoreMoments(Span<float> first, Span<float> second)
    {
        Store(_first, first);
        Store(_second, second);
    }

    private Matrix View(AlignedBuffer<float> numbers) =>
        new(numbers.Span, _weight.Rows, Units, Stride);

    private void Load(AlignedBuffer<float> part, ReadOnlySpan<float> block)
    {
        for (int row = 0; part.Length > 0 && row < _weight.Rows; row++)
        {
            RowIn(block, row).CopyTo(View(part).Row(row));
        }
    }

    private void Store(AlignedBuffer<float> part, Span<float> block)
    {
        for (int row = 0; part.Length > 0 && row < _weight.Rows; row++)
        {
            View(part).Row(row).CopyTo(block.Slice(StartIn(row), Units));
        }
    }

    private ReadOnlySpan<float> RowIn(ReadOnlySpan<float> block, int row) =>
        block.Slice(StartIn(row), Units);

    private int StartIn(int row) => _weight.Offset + (row * _weight.Columns) + FirstUnit;
}
