using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Parameters of a version and, where an update may have to leave it whole, of the next one. The
/// block of the second is made when it is first needed, which in most runs is never.
/// </summary>
/// <param name="length">Parameters.</param>
internal sealed class TwoVersions(int length)
{
    private readonly AlignedBuffer<float>?[] _blocks = new AlignedBuffer<float>?[2];

    /// <summary>Those of a version, by its parity.</summary>
    public Span<float> this[int parity] => _blocks[parity]!.Span;

    /// <summary>Has a block for a version, of zeros at first. Nobody else reads or writes
    /// meanwhile.</summary>
    public void Require(int parity) =>
        _blocks[parity] ??= new(length, UpdateStreams.ParametersOf(parity));
}
