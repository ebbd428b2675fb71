namespace DistTrain.Numerics;

/// <summary>Uniform numbers from the upper 24 bits of a random word (N5), all exact.</summary>
public static class UniformDistribution
{
    /// <summary>In [0, 1): the 2²⁴ multiples of 2⁻²⁴.</summary>
    public static float FromWord(uint word) => (word >> 8) * (1f / 16_777_216f);

    /// <summary>
    /// In (0, 1): the middles of the 2²⁴ intervals, symmetric about ½, for what has no value at 0
    /// or 1, such as <see cref="NormalDistribution.Inverse"/>.
    /// </summary>
    public static double OpenFromWord(uint word) => ((word >> 8) + 0.5) * (1.0 / 16_777_216.0);
}
