using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DistTrain.Numerics;

/// <summary>
/// Philox 4x32-10: a function from a 128-bit counter and a 64-bit key to four random words (Salmon,
/// Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11). It has no state, so
/// any number of a run can be had by its address, on any worker and in any order.
/// </summary>
public static class Philox4x32
{
    private const int Rounds = 10;

    /// <summary>Blocks that <see cref="Fill"/> makes in one go.</summary>
    private const int Together = 8;

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

    /// <summary>
    /// The words of the blocks at counter0, counter0 + 1, …: as <see cref="Block"/> gives them,
    /// eight blocks at a time in vectors where the machine has them.
    /// </summary>
    /// <param name="words">Four for each block; a last block may be cut short.</param>
    public static void Fill(
        uint counter0, uint counter1, uint counter2, uint counter3, uint key0, uint key1,
        Span<uint> words)
    {
        if (Vector256.IsHardwareAccelerated)
        {
            for (; words.Length >= 4 * Together; words = words[(4 * Together)..])
            {
                FillTogether(counter0, counter1, counter2, counter3, key0, key1, words);
                counter0 = unchecked(counter0 + Together);
            }
        }

        for (; words.Length > 0; words = words[Math.Min(4, words.Length)..])
        {
            var (word0, word1, word2, word3) =
                Block(counter0, counter1, counter2, counter3, key0, key1);
            ReadOnlySpan<uint> block = [word0, word1, word2, word3];
            block[..Math.Min(4, words.Length)].CopyTo(words);
            counter0 = unchecked(counter0 + 1);
        }
    }

    // Each word stands in the lower half of a 64-bit lane, so that a product of two is exact.
    private static void FillTogether(
        uint first, uint counter1, uint counter2, uint counter3, uint key0, uint key1,
        Span<uint> words)
    {
        var low = Vector512.Create((ulong)uint.MaxValue);
        var word0 = (Vector512.Create((ulong)first) + Vector512<ulong>.Indices) & low;
        var word1 = Vector512.Create((ulong)counter1);
        var word2 = Vector512.Create((ulong)counter2);
        var word3 = Vector512.Create((ulong)counter3);
        for (int round = 0; round < Rounds; round++)
        {
            Vector512<ulong> product0 = word0 * Vector512.Create((ulong)Multiplier0);
            Vector512<ulong> product1 = word2 * Vector512.Create((ulong)Multiplier1);
            word0 = (product1 >>> 32) ^ word1 ^ Vector512.Create((ulong)key0);
            word2 = (product0 >>> 32) ^ word3 ^ Vector512.Create((ulong)key1);
            word1 = product1 & low;
            word3 = product0 & low;
            key0 = unchecked(key0 + KeyStep0);
            key1 = unchecked(key1 + KeyStep1);
        }

        Span<ulong> lowPairs = stackalloc ulong[Together];
        Span<ulong> highPairs = stackalloc ulong[Together];
        (word0 | (word1 << 32)).CopyTo(lowPairs);
        (word2 | (word3 << 32)).CopyTo(highPairs);
        Span<ulong> pairs = MemoryMarshal.Cast<uint, ulong>(words);
        for (int block = 0; block < Together; block++)
        {
            pairs[2 * block] = lowPairs[block];
            pairs[(2 * block) + 1] = highPairs[block];
        }
    }
}
