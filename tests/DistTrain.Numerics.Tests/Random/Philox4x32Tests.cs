namespace DistTrain.Numerics.Tests;

public sealed class Philox4x32Tests
{
    /// <summary>The known answers that the authors publish with Random123 (kat_vectors).</summary>
    [Theory]
    [InlineData(
        new uint[] { 0, 0, 0, 0 }, new uint[] { 0, 0 },
        new uint[] { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 })]
    [InlineData(
        new uint[] { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
        new uint[] { 0xffffffff, 0xffffffff },
        new uint[] { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd })]
    [InlineData(
        new uint[] { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
        new uint[] { 0xa4093822, 0x299f31d0 },
        new uint[] { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 })]
    public void The_published_answers_come_out(uint[] counter, uint[] key, uint[] expected)
    {
        var (word0, word1, word2, word3) = Philox4x32.Block(
            counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
        new[] { word0, word1, word2, word3 }.ShouldBe(expected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(32)]
    [InlineData(101)]
    public void Many_blocks_at_once_are_the_blocks_one_by_one(int length)
    {
        // The counter passes its end on the way.
        const uint First = uint.MaxValue - 5;
        uint[] words = new uint[length];
        Philox4x32.Fill(First, 7, 8, 9, 0xDEAD_BEEF, 0x1234_5678, words);
        for (int i = 0; i < length; i++)
        {
            uint counter = unchecked(First + (uint)(i / 4));
            var (word0, word1, word2, word3) =
                Philox4x32.Block(counter, 7, 8, 9, 0xDEAD_BEEF, 0x1234_5678);
            uint[] block = [word0, word1, word2, word3];
            words[i].ShouldBe(block[i % 4]);
        }
    }
}
