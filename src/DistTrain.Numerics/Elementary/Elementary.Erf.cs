using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

public static partial class Elementary
{
    /// <summary>
    /// The error function 2/√π ∫₀ˣ exp(−t²) dt, odd to the bit. Below 0.9375 it is x + x p(x²);
    /// above, 1 − exp(−q(|x|)) with q a polynomial for −log(1 − erf); from 4 on it is 1.
    /// </summary>
    /// <remarks>Worst of all arguments: 1.11 ULP.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V>(V x)
        where V : struct, ILanes<V>
    {
        V square = x * x;
        V p = V.Broadcast(8.00027919e-5f);
        p = V.Fma(p, square, V.Broadcast(-0.000805038435f));
        p = V.Fma(p, square, V.Broadcast(0.00519243814f));
        p = V.Fma(p, square, V.Broadcast(-0.0268557370f));
        p = V.Fma(p, square, V.Broadcast(0.112836257f));
        p = V.Fma(p, square, V.Broadcast(-0.376126289f));
        p = V.Fma(p, square, V.Broadcast(0.128379166f));
        V small = V.Fma(x, p, x);

        V a = Magnitude(x);
        V four = V.Broadcast(4f);
        V b = V.SelectLess(four, a, four, a);
        V q = V.Broadcast(0.000193907195f);
        q = V.Fma(q, b, V.Broadcast(-0.00302321347f));
        q = V.Fma(q, b, V.Broadcast(0.0221467968f));
        q = V.Fma(q, b, V.Broadcast(-0.103764534f));
        q = V.Fma(q, b, V.Broadcast(-0.637373626f));
        q = V.Fma(q, b, V.Broadcast(-1.12756133f));
        q = V.Fma(q, b, V.Broadcast(-0.000223503041f));
        V large = (V.Broadcast(1f) - Exp(q)) | (x & V.BroadcastBits(SignBit));

        return V.SelectLess(a, V.Broadcast(0.9375f), small, large);
    }
}
