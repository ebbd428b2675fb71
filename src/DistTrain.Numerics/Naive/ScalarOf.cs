using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>
/// The elementary functions of one binary32 number: the vector code, one lane wide.
/// </summary>
public static class ScalarOf
{
    public static float Exp(float x) => Elementary.Exp(Lane(x)).Value;

    public static float Log(float x) => Elementary.Log(Lane(x)).Value;

    public static float Tanh(float x) => Elementary.Tanh(Lane(x)).Value;

    public static float Sigmoid(float x) => Elementary.Sigmoid(Lane(x)).Value;

    public static float Softplus(float x) => Elementary.Softplus(Lane(x)).Value;

    public static float Erf(float x) => Elementary.Erf(Lane(x)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static LanesScalar Lane(float x) => LanesScalar.Broadcast(x);
}
