using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Where the gradient of an interval begins in a block of its own, so that it and the parameters
/// and moments of the interval, which stand in the midst of larger blocks, lie alike within pages:
/// see <see cref="AlignedBuffer{T}"/>. A gradient begins on a cache line, so it may lie a part of
/// one behind the others, and not before them: then each of its loads would overlap the last store
/// in the lowest bits.
/// </summary>
internal static class UpdateStreams
{
    private const int PageNumbers = AlignedBuffer<float>.PageBytes / sizeof(float);
    private const int LineNumbers = 16;

    /// <summary>Numbers that the block has beside the longest gradient.</summary>
    public const int Room = PageNumbers;

    /// <param name="offset">Of the interval in the larger blocks.</param>
    /// <returns>Whole cache lines, at most <see cref="Room"/>.</returns>
    public static int StartOf(int offset) =>
        ((offset % PageNumbers) + LineNumbers - 1) / LineNumbers * LineNumbers;
}
