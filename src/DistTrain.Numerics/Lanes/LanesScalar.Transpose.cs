namespace DistTrain.Numerics;

/// <content>Transposition of one number.</content>
public readonly unsafe partial struct LanesScalar
{
    public static void Transpose(
        float* source, nint sourceStride, float* destination, nint destinationStride) =>
        *destination = *source;
}
