namespace DistTrain.Numerics;

/// <summary>a · b + c with one rounding, without the hardware's help (N7).</summary>
public static class SoftwareFma
{
    /// <summary>Returns a · b + c rounded once to binary32, ties to even.</summary>
    public static float MultiplyAdd(float a, float b, float c) =>
        MathF.FusedMultiplyAdd(a, b, c);
}
