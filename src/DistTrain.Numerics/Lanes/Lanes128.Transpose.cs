using System.Runtime.Intrinsics;

namespace DistTrain.Numerics;

/// <content>Transposition of 4 × 4 numbers: each column is gathered into a vector.</content>
public readonly unsafe partial struct Lanes128
{
    public static void Transpose(
        float* source, nint sourceStride, float* destination, nint destinationStride)
    {
        float* row1 = source + sourceStride;
        float* row2 = row1 + sourceStride;
        float* row3 = row2 + sourceStride;
        for (int column = 0; column < 4; column++)
        {
            Vector128.Create(source[column], row1[column], row2[column], row3[column])
                .Store(destination);
            destination += destinationStride;
        }
    }
}
