namespace DistTrain.Wire.Tests;

/// <summary>Whatever bytes come as a message: it is read or refused, and costs little.</summary>
public sealed class HostileBytesTests
{
    /// <summary>What a refusal may allocate besides a few times the bytes that came: the exception,
    /// its text and its trace.</summary>
    private const int RefusalBytes = 8 << 10;

    private static readonly byte[][] Messages =
    [
        .. from type in Samples.Travelling
           from seed in Enumerable.Range(0, 4)
           select Encoded.Bytes(Samples.Message(type, new Random(seed))),
    ];

    [Fact]
    public void A_message_cut_short_anywhere_is_refused()
    {
        foreach (byte[] message in Messages)
        {
            for (int length = 0; length < message.Length; length++)
            {
                if (Decode(message[..length]) is null)
                {
                    Assert.Fail($"{length} bytes of {Convert.ToHexString(message)} were read");
                }
            }
        }
    }

    [Fact]
    public void No_length_is_believed()
    {
        // Any byte may be the marker or the length of something: make each one promise the most.
        byte[][] lies = [[0xdd, 255, 255, 255, 255], [0xc6, 255, 255, 255, 255],
            [0xdb, 255, 255, 255, 255], [0xdf, 255, 255, 255, 255], [0xc9, 255, 255, 255, 255],
            [0xdc, 255, 255], [0xdd, 127, 255, 255, 255], [0xff], [0x9f], [0xbf]];
        foreach (byte[] message in Messages)
        {
            for (int at = 0; at < message.Length; at++)
            {
                foreach (byte[] lie in lies)
                {
                    Decode([.. message[..at], .. lie, .. message[(at + 1)..]]);
                    Decode([.. message[..at], .. lie]);
                }
            }
        }
    }

    [Fact]
    public void Flipped_bits_are_read_or_refused()
    {
        foreach (byte[] message in Messages)
        {
            for (int bit = 0; bit < 8 * message.Length; bit++)
            {
                byte[] flipped = [.. message];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                Decode(flipped);
            }
        }
    }

    [Fact]
    public void A_hundred_thousand_random_inputs_are_read_or_refused()
    {
        var random = new Random(20261121);
        byte[] bytes = new byte[256];
        int refused = 0;
        for (int i = 0; i < 100_000; i++)
        {
            Span<byte> input = bytes.AsSpan(0, random.Next(bytes.Length + 1));
            random.NextBytes(input);
            if (input.Length > 1 && i % 2 == 0)
            {
                // Without help hardly any input would get behind the number.
                input[0] = (byte)(0x92 + random.Next(10));
                input[1] = (byte)random.Next(80);
            }

            refused += Decode(input.ToArray()) is null ? 0 : 1;
        }

        refused.ShouldBeInRange(90_000, 99_999);
    }

    /// <returns>Why it was refused; null: it was read.</returns>
    private static WireFault? Decode(byte[] bytes)
    {
        WireFault? fault = null;
        long limit = RefusalBytes + (8 * bytes.Length);
        Allocations.Of(Try, limit).ShouldBeLessThanOrEqualTo(limit);
        return fault;

        void Try()
        {
            try
            {
                MessageCodec.Decode(bytes);
            }
            catch (WireException e)
            {
                fault = e.Fault;
            }
        }
    }
}
