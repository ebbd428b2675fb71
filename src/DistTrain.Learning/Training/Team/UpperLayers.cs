using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// The parameters behind the first layer's weight, in public order: versions, moments. Threads
/// write intervals that do not overlap.
/// </summary>
internal sealed class UpperLayers
{
    private readonly int _start;
    private readonly TwoVersions _versions;
    private readonly AlignedBuffer<float> _first;
    private readonly AlignedBuffer<float> _second;

    /// <param name="layout">All parameters.</param>
    /// <param name="moments">That the optimizer keeps, 0 … 2.</param>
    public UpperLayers(ParameterLayout layout, int moments)
    {
        _start = layout.Weight(0).Length;
        int length = layout.Count - _start;
        _versions = new TwoVersions(length);
        _first = new AlignedBuffer<float>(
            moments > 0 ? length : 0, UpdateStreams.FirstMoment);
        _second = new AlignedBuffer<float>(
            moments > 1 ? length : 0, UpdateStreams.SecondMoment);
    }

    /// <summary>Some parameters of a version, by its parity.</summary>
    /// <param name="version">Its parity.</param>
    /// <param name="offset">In the whole block.</param>
    /// <param name="length">How many.</param>
    public ReadOnlySpan<float> Of(int version, int offset, int length) =>
        _versions[version].Slice(PlaceOf(offset), length);

    /// <summary>Where the parameters from an offset in the whole block on stand in this one.
    /// </summary>
    public int PlaceOf(int offset) => offset - _start;

    /// <summary>Has a block for a version, by its parity.</summary>
    public void Require(int version) => _versions.Require(version);

    /// <summary>One update over some parameters.</summary>
    /// <param name="kernels">The arithmetic.</param>
    /// <param name="version">To update from, by its parity.</param>
    /// <param name="next">To update to: the same block or the other.</param>
    /// <param name="offset">In the whole block.</param>
    /// <param name="gradient">Of those parameters.</param>
    /// <param name="step">The step's constants.</param>
    /// <returns>The largest magnitude of a new parameter.</returns>
    public float Update(
        Kernels kernels, int version, int next, int offset, ReadOnlySpan<float> gradient,
        in UpdateStep step)
    {
        int at = PlaceOf(offset);
        return kernels.Update(
            gradient, _versions[version].Slice(at, gradient.Length),
            _versions[next].Slice(at, gradient.Length),
            new OptimizerMoments(_first.Span, _second.Span).Slice(at, gradient.Length), step);
    }

    /// <summary>Takes up its part of the whole block.</summary>
    public void LoadParameters(int version, ReadOnlySpan<float> parameters) =>
        parameters[_start..].CopyTo(_versions[version]);

    /// <summary>Takes up its part of the moments.</summary>
    public void LoadMoments(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        Cut(first, _first).CopyTo(_first.Span);
        Cut(second, _second).CopyTo(_second.Span);
    }

    /// <summary>Writes its part of the whole block.</summary>
    public void StoreParameters(int version, Span<float> parameters) =>
        _versions[version].CopyTo(parameters[_start..]);

    /// <summary>Writes its part of the moments.</summary>
    public void StoreMoments(Span<float> first, Span<float> second)
    {
        _first.Span.CopyTo(first.IsEmpty ? first : first[_start..]);
        _second.Span.CopyTo(second.IsEmpty ? second : second[_start..]);
    }

    private ReadOnlySpan<float> Cut(ReadOnlySpan<float> block, AlignedBuffer<float> moment) =>
        moment.Length == 0 ? default : block[_start..];
}
