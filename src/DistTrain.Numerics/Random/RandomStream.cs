using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>
/// The random words of one purpose under one seed (N5): a function of an address of four 32-bit
/// words, without state. Two purposes share no key, so they never meet at an address.
/// </summary>
public readonly struct RandomStream
{
    private readonly uint _key0;
    private readonly uint _key1;

    public RandomStream(ulong seed, RandomPurpose purpose)
    {
        (_key0, _key1, _, _) =
            Philox4x32.Block((uint)purpose, 0, 0, 0, (uint)seed, (uint)(seed >> 32));
    }

    /// <summary>The four words at an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (uint Word0, uint Word1, uint Word2, uint Word3) Words(
        uint address0, uint address1 = 0, uint address2 = 0, uint address3 = 0) =>
        Philox4x32.Block(address0, address1, address2, address3, _key0, _key1);

    /// <summary>Words 0, 1, … of the blocks from address 0 on at (address1, address2, address3).
    /// </summary>
    public void Fill(Span<uint> words, uint address1 = 0, uint address2 = 0, uint address3 = 0) =>
        FillFrom(0, words, address1, address2, address3);

    /// <summary>The same from block <paramref name="address0"/> on.</summary>
    public void FillFrom(
        uint address0, Span<uint> words, uint address1, uint address2, uint address3) =>
        Philox4x32.Fill(address0, address1, address2, address3, _key0, _key1, words);

    /// <summary>Word (index mod 4) of the block at (index / 4, address1, address2, address3).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Word(uint index, uint address1 = 0, uint address2 = 0, uint address3 = 0)
    {
        var (word0, word1, word2, word3) = Words(index / 4, address1, address2, address3);
        return (index % 4) switch
        {
            0 => word0,
            1 => word1,
            2 => word2,
            _ => word3,
        };
    }

    /// <summary>64 random bits: the first two words at an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Draw64(
        uint address0, uint address1 = 0, uint address2 = 0, uint address3 = 0)
    {
        (uint low, uint high, _, _) = Words(address0, address1, address2, address3);
        return ((ulong)high << 32) | low;
    }
}
