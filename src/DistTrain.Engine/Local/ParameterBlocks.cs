using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Engine;

/// <summary>
/// The parameters of a run in one process: two flat blocks and one more for each version that a
/// gradient may be behind; versions take them in turn. Read by workers in place and written by each
/// slice in its interval.
/// <para>
/// Invariant: so many are enough. Synchronous: a slice writes version v + 2 over v when the tree of
/// step v + 1 is complete; that takes contributions computed on version v + 1 of every slice, so
/// every slice has finished step v before. Whoever still reads version v then (a straggler, a
/// doubled piece of work) computes for a step that is complete everywhere, and its contribution is
/// ignored. See docs/adr/0002-two-parameter-blocks.md; with staleness, 0008-bounded-staleness.md.
/// </para>
/// </summary>
internal sealed class ParameterBlocks(int parameters, int staleness)
{
    private readonly AlignedBuffer<float>[] _blocks = [.. Enumerable.Range(0, staleness + 2)
        .Select(i => new AlignedBuffer<float>(parameters, UpdateStreams.ParametersOf(i)))];

    /// <summary>Where <paramref name="version"/> stands, (parameters).</summary>
    public Span<float> Of(long version) => MemoryOf(version).Span;

    /// <inheritdoc cref="Of(long)"/>
    public Memory<float> MemoryOf(long version) => _blocks[version % _blocks.Length].Memory;

    /// <summary>The part of it that belongs to a slice.</summary>
    public Memory<float> Of(long version, ParameterInterval interval) =>
        MemoryOf(version).Slice(interval.Start, interval.Length);
}
