namespace DistTrain.Numerics;

/// <summary>
/// A group of <see cref="Count"/> binary32 numbers on which every operation acts lane by lane, so
/// that a formula is written once and gives the same bits at every width. Masks are lanes whose
/// bits are all ones or all zeros. Implemented by 512, 256 and 128 bit vectors and by one float.
/// </summary>
/// <remarks>
/// Determinism: only operations that IEEE 754 defines to the bit are here (N1 of the numeric
/// contract); there is no horizontal sum, no estimate, no Min/Max (their treatment of NaN and ±0
/// differs): write <see cref="SelectLess"/>.
/// </remarks>
public unsafe interface ILanes<V>
    where V : struct, ILanes<V>
{
    /// <summary>Numbers in a group: 16, 8, 4 or 1. A constant to the JIT.</summary>
    static abstract int Count { get; }

    /// <summary>Vector registers that the machine's instruction set names. A constant to the JIT.
    /// </summary>
    static abstract int Registers { get; }

    static abstract V Load(float* source);

    static abstract void Store(float* destination, V value);

    /// <summary>
    /// Loads <paramref name="count"/> &lt; Count numbers; the other lanes are +0.
    /// </summary>
    static abstract V LoadPartial(float* source, int count);

    /// <summary>Stores the first <paramref name="count"/> &lt; Count lanes.</summary>
    static abstract void StorePartial(float* destination, V value, int count);

    static abstract V Broadcast(float value);

    /// <summary>All lanes hold the bits of <paramref name="bits"/>.</summary>
    static abstract V BroadcastBits(int bits);

    /// <summary>Bytes to binary32, exactly.</summary>
    static abstract V FromBytes(byte* source);

    /// <summary>a · b + c with one rounding.</summary>
    static abstract V Fma(V a, V b, V c);

    static abstract V Sqrt(V a);

    static abstract V operator +(V a, V b);

    static abstract V operator -(V a, V b);

    static abstract V operator *(V a, V b);

    static abstract V operator /(V a, V b);

    static abstract V operator &(V a, V b);

    static abstract V operator |(V a, V b);

    static abstract V operator ^(V a, V b);

    /// <summary>Mask: a &lt; b (false where either is NaN).</summary>
    static abstract V LessThan(V a, V b);

    /// <summary>Mask: a = b (−0 = +0; false where either is NaN).</summary>
    static abstract V Equal(V a, V b);

    /// <summary>
    /// Lane of <paramref name="ifTrue"/> where the mask is set, else of the other.
    /// </summary>
    static abstract V Select(V mask, V ifTrue, V ifFalse);

    /// <summary>
    /// Lane of <paramref name="ifLess"/> where a &lt; b, else (and where either is NaN) of the
    /// other: Select(LessThan(a, b), …) without a mask in between.
    /// </summary>
    static abstract V SelectLess(V a, V b, V ifLess, V otherwise);

    /// <summary>Adds the bit patterns as 32-bit integers.</summary>
    static abstract V AddBits(V a, V b);

    /// <summary>Subtracts the bit patterns as 32-bit integers.</summary>
    static abstract V SubtractBits(V a, V b);

    /// <summary>The larger of the bit patterns as 32-bit integers.</summary>
    static abstract V MaxBits(V a, V b);

    static abstract V ShiftBitsLeft(V a, int count);

    /// <summary>Shifts right, filling with the sign bit.</summary>
    static abstract V ShiftBitsRightArithmetic(V a, int count);

    static abstract V ShiftBitsRightLogical(V a, int count);

    /// <summary>Copies a square of Count × Count numbers, rows and columns exchanged.</summary>
    static abstract void Transpose(
        float* source, nint sourceStride, float* destination, nint destinationStride);
}
