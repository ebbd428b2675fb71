using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>A slice's state as it travels: parameters, first moment, second moment, best
/// parameters, each in pieces that fit a message of the bulk.</summary>
internal static class StateSections
{
    public const int Count = 4;

    /// <summary>256 KiB: many fit the window, and a step's tensors wait for none of them long.
    /// </summary>
    private const int PieceElements = 1 << 16;

    /// <summary>Empty where the run has none.</summary>
    public static ReadOnlyMemory<float>[] Of(SliceSaved state) =>
        [state.Parameters, state.FirstMoment, state.SecondMoment, state.Best];

    /// <summary>The pieces of a section and where they begin, in elements.</summary>
    public static IEnumerable<(int Offset, ReadOnlyMemory<float> Values)> Pieces(
        ReadOnlyMemory<float> section)
    {
        for (int offset = 0; offset < section.Length; offset += PieceElements)
        {
            yield return (
                offset, section.Slice(offset, Math.Min(PieceElements, section.Length - offset)));
        }
    }

    /// <summary>Elements of each section that a slice's state must have.</summary>
    /// <param name="interval">Of the slice.</param>
    /// <param name="moments">That the optimizer keeps.</param>
    /// <param name="hasBest">The best parameters are kept.</param>
    public static int[] Lengths(ParameterInterval interval, int moments, bool hasBest) =>
    [
        interval.Length,
        moments > 0 ? interval.Length : 0,
        moments > 1 ? interval.Length : 0,
        hasBest ? interval.Length : 0,
    ];
}
