namespace DistTrain.Learning;

/// <summary>A part of the flat block: what a parameter slice holds.</summary>
/// <param name="Start">Index of the first parameter, a multiple of <see cref="Block"/>.</param>
/// <param name="Length">Parameters.</param>
public readonly record struct ParameterInterval(int Start, int Length)
{
    /// <summary>Parameters in a block: the unit of slicing and of the global norm.</summary>
    public const int Block = 4096;

    public int End => Start + Length;

    /// <summary>Blocks in this interval; the last may be short.</summary>
    public int BlockCount => BlocksOf(Length);

    /// <summary>
    /// Cuts a block of parameters into intervals of whole blocks, as even as they come. There are
    /// fewer than asked for if there are fewer blocks.
    /// </summary>
    public static IReadOnlyList<ParameterInterval> Cut(int parameterCount, int slices)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parameterCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(slices, 1);
        int blocks = BlocksOf(parameterCount);
        slices = Math.Min(slices, blocks);
        var intervals = new ParameterInterval[slices];
        for (int i = 0; i < slices; i++)
        {
            long start = (long)blocks * i / slices * Block;
            long end = Math.Min((long)blocks * (i + 1) / slices * Block, parameterCount);
            intervals[i] = new ParameterInterval((int)start, (int)(end - start));
        }

        return intervals;
    }

    private static int BlocksOf(int parameters) =>
        (int)(((long)parameters + Block - 1) / Block);
}
