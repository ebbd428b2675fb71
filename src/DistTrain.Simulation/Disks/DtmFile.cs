using System.Collections.Immutable;

namespace DistTrain.Simulation;

/// <summary>
/// A checkpoint file: every slice at one version. The checksum is a symbol like all else: damage
/// is a number that is folded into what is read, so the file no longer matches what it says.
/// </summary>
internal sealed record DtmFile(long Version, ImmutableArray<SliceCopy> Slices, long Checksum)
{
    /// <summary>0: as it was written. Else: bits flipped, or the end is torn off.</summary>
    public long Damage { get; init; }

    public bool IsGood => Checksum == ChecksumOf(Version, Slices, Damage);

    public static DtmFile Of(long version, ImmutableArray<SliceCopy> slices) =>
        new(version, slices, ChecksumOf(version, slices, 0));

    private static long ChecksumOf(
        long version, ImmutableArray<SliceCopy> slices, long damage)
    {
        long hash = Symbol.Of(version, damage);
        foreach (SliceCopy slice in slices)
        {
            hash = Symbol.Of(hash, slice.Version, slice.Hash);
        }

        return hash;
    }
}
