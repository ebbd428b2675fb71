namespace DistTrain.Numerics;

/// <summary>The instruction sets that the kernels are compiled for; all give the same bits.
/// </summary>
public enum Isa
{
    /// <summary>One number at a time with a software fused multiply-add; runs everywhere.</summary>
    Scalar,

    /// <summary>128-bit vectors with hardware FMA (x86 with FMA3, Arm with Advanced SIMD).
    /// </summary>
    V128,

    /// <summary>256-bit vectors with FMA3.</summary>
    Avx2,

    /// <summary>512-bit vectors.</summary>
    Avx512,
}
