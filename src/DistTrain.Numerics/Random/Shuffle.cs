namespace DistTrain.Numerics;

/// <summary>
/// The order in which an epoch takes the training samples: Fisher–Yates from the last position
/// down, each draw addressed by (position, epoch), so the order depends on the seed, the epoch and
/// the count alone, and any epoch's order can be had without those before it.
/// </summary>
public static class Shuffle
{
    /// <summary>Draws that are made together, in vectors.</summary>
    private const int Together = 128;

    private const int WordsABlock = 4;

    /// <summary>Fills <paramref name="order"/> with a permutation of 0 … length − 1.</summary>
    public static void Fill(ulong seed, int epoch, Span<int> order)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        for (int i = 0; i < order.Length; i++)
            order[i] = i;

        var stream = new RandomStream(seed, RandomPurpose.Shuffle);
        Span<uint> words = stackalloc uint[WordsABlock * Together];
        for (int end = order.Length; end > 1;)
        {
            int first = Math.Max(1, end - Together);
            stream.FillFrom(
                (uint)first, words[..(WordsABlock * (end - first))], (uint)epoch, 0, 0);
            for (int i = end - 1; i >= first; i--)
            {
                // As RandomStream.Draw64. The upper half of draw · (i + 1) is uniform on 0 … i up
                // to one part in 2⁶⁴ / (i + 1).
                int at = WordsABlock * (i - first);
                ulong draw = ((ulong)words[at + 1] << 32) | words[at];
                int j = (int)Math.BigMul(draw, (ulong)i + 1, out _);
                (order[i], order[j]) = (order[j], order[i]);
            }

            end = first;
        }
    }
}
