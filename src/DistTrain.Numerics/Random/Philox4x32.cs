using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>
/// Philox 4x32-10: a function from a 128-bit counter and a 64-bit key to four random words (Salmon,
/// Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11). It has no state, so
/// any number of a run can be had by its address, on any worker and in any order.
/// </summary>
public static class Philox4x32
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD251_1F53, Multiplier1 = 0xCD9E_8D57;
    private const uint KeyStep0 = 0x9E37_79B9, KeyStep1 = 0xBB67_AE85;

    /// <summary>The four words at a counter, every argument lowest word first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (uint Word0, uint Word1, uint Word2, uint Word3) Block(
        uint counter0, uint counter1, uint counter2, uint counter3, uint key0, uint key1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * counter0;
            ulong product1 = (ulong)Multiplier1 * counter2;
            counter0 = (uint)(product1 >> 32) ^ counter1 ^ key0;
            counter2 = (uint)(product0 >> 32) ^ counter3 ^ key1;
            counter1 = (uint)product1;
            counter3 = (uint)product0;
            key0 = unchecked(key0 + KeyStep0);
            key1 = unchecked(key1 + KeyStep1);
        }

        return (counter0, counter1, counter2, counter3);
    }
}
