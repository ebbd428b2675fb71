using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>A slice's state as it travels: parameters, first moment, second moment, best
/// parameters, and of slice 0 the diary, each in pieces that fit a message of the bulk.</summary>
internal static class StateSections
{
    /// <summary>Those of numbers.</summary>
    public const int Count = 4;

    /// <summary>The diary's: UTF-8 JSON, its offsets in bytes.</summary>
    public const int Diary = 4;

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

    /// <summary>The pieces of a diary and where they begin, in bytes.</summary>
    public static IEnumerable<(int Offset, ReadOnlyMemory<byte> Bytes)> Pieces(byte[] diary)
    {
        const int PieceBytes = PieceElements * sizeof(float);
        for (int offset = 0; offset < diary.Length; offset += PieceBytes)
        {
            yield return (
                offset, diary.AsMemory(offset, Math.Min(PieceBytes, diary.Length - offset)));
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
