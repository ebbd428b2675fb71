using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Where the blocks that an update reads and writes at the same index begin, bytes behind the
/// beginning of a page (<see cref="AlignedBuffer{T}"/>): far enough from each other that no load
/// seems to depend on a store before it, and that lines which are in use at the same time are never
/// in the same set of the first-level cache, where AMD's processors take two for the same whose
/// addresses agree in a hash (docs/adr/0022-streams-apart.md).
/// </summary>
public static class UpdateStreams
{
    /// <summary>The parameters: as what is mapped from other processes begins.</summary>
    public const int Parameters = 0;

    /// <summary>Those of a next version that does not replace them.</summary>
    public const int NextParameters = 512;

    /// <summary>Their gradient.</summary>
    public const int Gradient = 1024;

    /// <summary>A second one, which is added to the first.</summary>
    public const int RightGradient = Gradient + 512;

    /// <summary>Velocities, or the first moments of Adam.</summary>
    public const int FirstMoment = 2048;

    /// <summary>The second moments of Adam.</summary>
    public const int SecondMoment = 3072;

    private const int PageNumbers = AlignedBuffer<float>.PageBytes / sizeof(float);
    private const int LineNumbers = 16;

    /// <summary>Numbers that a block of gradients of intervals has beside the longest of them.
    /// </summary>
    public const int Room = PageNumbers;

    /// <summary>Where a version's parameters begin; versions take turns.</summary>
    public static int ParametersOf(int block) => block % 2 == 0 ? Parameters : NextParameters;

    /// <summary>Where the gradient of an interval begins in a block of its own, so that it is as
    /// far from the parameters of the interval, which stand in the midst of a larger block, as
    /// their blocks are: up to a cache line more, as it begins on one.</summary>
    /// <param name="offset">Of the interval in the larger blocks, in numbers.</param>
    /// <returns>Whole cache lines, at most <see cref="Room"/>.</returns>
    public static int StartOf(int offset) =>
        ((offset % PageNumbers) + LineNumbers - 1) / LineNumbers * LineNumbers;
}
