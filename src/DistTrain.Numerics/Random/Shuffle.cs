namespace DistTrain.Numerics;

/// <summary>
/// The order in which an epoch takes the training samples: Fisher–Yates from the last position
/// down, each draw addressed by (position, epoch), so the order depends on the seed, the epoch and
/// the count alone, and any epoch's order can be had without those before it.
/// </summary>
public static class Shuffle
{
    /// <summary>Fills <paramref name="order"/> with a permutation of 0 … length − 1.</summary>
    public static void Fill(ulong seed, int epoch, Span<int> order)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        for (int i = 0; i < order.Length; i++)
            order[i] = i;

        var stream = new RandomStream(seed, RandomPurpose.Shuffle);
        for (int i = order.Length - 1; i > 0; i--)
        {
            // The upper half of draw · (i + 1) is uniform on 0 … i up to one part in 2⁶⁴ / (i + 1).
            ulong draw = stream.Draw64((uint)i, (uint)epoch);
            int j = (int)Math.BigMul(draw, (ulong)i + 1, out _);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }
}
