using System.Numerics;

namespace DistTrain.Numerics;

/// <summary>
/// The binary tree in which everything over microbatches or blocks is summed (N3): [a, b) is split
/// at a + (largest power of two below b − a), left + right.
/// </summary>
public static class ReductionTree
{
    /// <summary>Where the right child of [start, end) begins; it has at least two leaves.</summary>
    public static int Middle(int start, int end) =>
        start + (int)(BitOperations.RoundUpToPowerOf2((uint)(end - start)) / 2);

    /// <summary>Sums binary64 leaves in the tree; no leaf gives 0.</summary>
    public static double Sum(ReadOnlySpan<double> leaves) => leaves.Length switch
    {
        0 => 0,
        1 => leaves[0],
        _ => Sum(leaves[..Middle(0, leaves.Length)]) + Sum(leaves[Middle(0, leaves.Length)..]),
    };
}
