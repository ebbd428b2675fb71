using System.Numerics;

namespace DistTrain.Wire;

/// <summary>A format of 16 bits: how numbers get there and back, on the bits of both.</summary>
internal interface INarrowing
{
    /// <summary>Rounds binary32 to nearest, ties to even; NaN stays NaN.</summary>
    /// <returns>16 bits in each element of 32.</returns>
    static abstract Vector<uint> Narrow(Vector<uint> bits);

    /// <summary>Exact.</summary>
    static abstract Vector<uint> Widen(Vector<uint> bits);
}
