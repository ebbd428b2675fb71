using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Engine;

/// <summary>
/// The parameters of a run in one process: two flat blocks, even versions in one and odd ones in
/// the other, read by workers in place and written by each slice in its interval.
/// <para>
/// Invariant: two are enough. A slice writes version v + 2 over v when the tree of step v + 1 is
/// complete; that takes contributions computed on version v + 1 of every slice, so every slice has
/// finished step v before. Whoever still reads version v then (a straggler, a doubled piece of
/// work) computes for a step that is complete everywhere, and its contribution is ignored.
/// See docs/adr/0002-two-parameter-blocks.md.
/// </para>
/// </summary>
internal sealed class ParameterBlocks(int parameters)
{
    private readonly AlignedBuffer<float> _even = new(parameters);
    private readonly AlignedBuffer<float> _odd = new(parameters);

    /// <summary>Where <paramref name="version"/> stands, (parameters).</summary>
    public Span<float> Of(long version) => (version % 2 == 0 ? _even : _odd).Span;

    /// <summary>The part of it that belongs to a slice.</summary>
    public Span<float> Of(long version, ParameterInterval interval) =>
        Of(version).Slice(interval.Start, interval.Length);
}
