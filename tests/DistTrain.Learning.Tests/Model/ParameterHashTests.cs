using System.Security.Cryptography;

namespace DistTrain.Learning.Tests;

public class ParameterHashTests
{
    [Fact]
    public void It_is_SHA_256_over_little_endian_binary32()
    {
        // 1, −2.5, −0, the smallest denormal, π rounded.
        byte[] bytes =
        [
            0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x20, 0xc0, 0x00, 0x00, 0x00, 0x80,
            0x01, 0x00, 0x00, 0x00, 0xdb, 0x0f, 0x49, 0x40,
        ];
        ParameterHash.Sha256([1f, -2.5f, -0f, float.Epsilon, 3.1415927f])
            .ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    // FIPS 180-4: the hash of nothing.
    [Fact]
    public void Nothing_has_the_hash_of_no_bytes() => ParameterHash.Sha256([])
        .ShouldBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    [Theory]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(5000)]
    public void Any_length_is_hashed_to_its_end(int count)
    {
        // 1.5 is 00 00 c0 3f.
        float[] parameters = new float[count];
        Array.Fill(parameters, 1.5f);
        byte[] bytes = new byte[4 * count];
        for (int i = 0; i < count; i++)
        {
            bytes[(4 * i) + 2] = 0xc0;
            bytes[(4 * i) + 3] = 0x3f;
        }

        ParameterHash.Sha256(parameters)
            .ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}
