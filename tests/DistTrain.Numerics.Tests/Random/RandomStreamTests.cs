using FsCheck;
using FsCheck.Fluent;

namespace DistTrain.Numerics.Tests;

public sealed class RandomStreamTests
{
    private const ulong Seed = 0x0123_4567_89AB_CDEF;

    [Fact]
    public void The_key_is_the_purpose_encrypted_by_the_seed()
    {
        var (key0, key1, _, _) = Philox4x32.Block(3, 0, 0, 0, 0x89AB_CDEF, 0x0123_4567);
        var stream = new RandomStream(Seed, RandomPurpose.Dropout);
        stream.Words(5, 6, 7, 8).ShouldBe(Philox4x32.Block(5, 6, 7, 8, key0, key1));
    }

    [Fact]
    public void The_words_under_seed_11_never_change() =>
        new RandomStream(11, RandomPurpose.Dropout).Words(0, 1, 2, 3)
            .ShouldBe((0xd5ab770cu, 0xc46d54f3u, 0xde5f6329u, 0x43448fb7u));

    [Fact]
    public void Word_takes_the_units_remainder_in_the_block_of_its_quotient()
    {
        var stream = new RandomStream(Seed, RandomPurpose.Initialization);
        var (word0, word1, word2, word3) = stream.Words(2, 30, 31, 32);
        var words = new[] { word0, word1, word2, word3 };
        for (uint i = 0; i < 4; i++)
            stream.Word(8 + i, 30, 31, 32).ShouldBe(words[i]);
        stream.Draw64(2, 30, 31, 32).ShouldBe(word0 | ((ulong)word1 << 32));
    }

    [Fact]
    public void Seeds_purposes_and_addresses_give_different_words()
    {
        var seen = new HashSet<uint>();
        foreach (ulong seed in new ulong[] { 0, 1, 1UL << 32, ulong.MaxValue })
        {
            foreach (RandomPurpose purpose in Enum.GetValues<RandomPurpose>())
            {
                var stream = new RandomStream(seed, purpose);
                seen.Add(stream.Word(0, 0, 0, 0)).ShouldBeTrue();
                seen.Add(stream.Word(4, 0, 0, 0)).ShouldBeTrue();
                seen.Add(stream.Word(0, 1, 0, 0)).ShouldBeTrue();
                seen.Add(stream.Word(0, 0, 1, 0)).ShouldBeTrue();
                seen.Add(stream.Word(0, 0, 0, 1)).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void The_numbers_of_the_purposes_never_change() =>
        Enum.GetValues<RandomPurpose>().Select(purpose => $"{purpose} {(int)purpose}")
            .ShouldBe(["Initialization 1", "Shuffle 2", "Dropout 3", "Digits 4"]);

    [Fact]
    public void Uniform_numbers_are_the_upper_24_bits()
    {
        UniformDistribution.FromWord(0).ShouldBe(0f);
        UniformDistribution.FromWord(0xFF).ShouldBe(0f);
        UniformDistribution.FromWord(0x100).ShouldBe(MathF.ScaleB(1, -24));
        UniformDistribution.FromWord(0x8000_0000).ShouldBe(0.5f);
        UniformDistribution.FromWord(uint.MaxValue).ShouldBe(MathF.BitDecrement(1f));
    }

    [Fact]
    public void Open_uniform_numbers_are_symmetric_and_never_reach_the_ends() =>
        Prop.ForAll((uint word) =>
        {
            double u = UniformDistribution.OpenFromWord(word);
            return u > 0 && u < 1 && UniformDistribution.OpenFromWord(~word) == 1 - u;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Words_are_uniform_by_the_chi_square_of_their_bytes()
    {
        const int Blocks = 16_384;
        var counts = new int[4, 256];
        var stream = new RandomStream(42, RandomPurpose.Initialization);
        for (uint i = 0; i < 4 * Blocks; i++)
        {
            uint word = stream.Word(i);
            for (int part = 0; part < 4; part++)
                counts[part, (word >> (8 * part)) & 0xFF]++;
        }

        const double Expected = 4 * Blocks / 256.0;
        for (int part = 0; part < 4; part++)
        {
            double chiSquare = Enumerable.Range(0, 256)
                .Sum(value => Math.Pow(counts[part, value] - Expected, 2) / Expected);

            // 255 degrees of freedom: 170 and 350 are the 0.001 % and 99.99 % points.
            chiSquare.ShouldBeInRange(170, 350);
        }
    }
}
