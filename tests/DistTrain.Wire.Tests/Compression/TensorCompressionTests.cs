using System.Runtime.InteropServices;

namespace DistTrain.Wire.Tests;

/// <summary>The vector code against plain code that picks the nearest of two neighbours.</summary>
public sealed class TensorCompressionTests
{
    public static TheoryData<TensorEncoding> Encodings =>
        [TensorEncoding.Bfloat16, TensorEncoding.Binary16];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Every_number_of_16_bits_comes_back_as_itself(TensorEncoding encoding)
    {
        ushort[] all = [.. Enumerable.Range(0, 65_536).Select(i => (ushort)i)];
        float[] wide = new float[all.Length];
        TensorCompression.Decode(encoding, MemoryMarshal.AsBytes(all.AsSpan()), wide);
        ushort[] narrow = Encode(encoding, wide);
        for (int i = 0; i < all.Length; i++)
        {
            float value = Oracle.Value(encoding, all[i]);
            if (float.IsNaN(value))
            {
                float.IsNaN(wide[i]).ShouldBeTrue();
                float.IsNaN(Oracle.Value(encoding, narrow[i])).ShouldBeTrue();
            }
            else
            {
                BitConverter.SingleToUInt32Bits(wide[i])
                    .ShouldBe(BitConverter.SingleToUInt32Bits(value));
                narrow[i].ShouldBe(all[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Numbers_round_to_the_nearest_and_ties_to_even(TensorEncoding encoding)
    {
        float[] values = [.. Numbers(encoding)];
        ushort[] narrow = Encode(encoding, values);
        for (int i = 0; i < values.Length; i++)
        {
            if (narrow[i] != Oracle.Nearest(encoding, values[i]))
            {
                Assert.Fail($"{values[i]:g9} gave {narrow[i]:x4}, "
                    + $"not {Oracle.Nearest(encoding, values[i]):x4}");
            }
        }
    }

    [Fact]
    public void Binary16_is_what_the_platform_rounds_to()
    {
        float[] values = [.. Numbers(TensorEncoding.Binary16).Where(value => !float.IsNaN(value))];
        Encode(TensorEncoding.Binary16, values)
            .ShouldBe(values.Select(value => BitConverter.HalfToUInt16Bits((Half)value)));
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void NaN_stays_NaN(TensorEncoding encoding)
    {
        uint[] bits =
            [0x7f80_0001, 0x7fff_ffff, 0xff80_0001, 0xffff_ffff, 0x7fc0_0000, 0x7f80_8000];
        float[] values = [.. bits.Select(BitConverter.UInt32BitsToSingle)];
        float[] back = new float[values.Length];
        TensorCompression.Decode(
            encoding, MemoryMarshal.AsBytes(Encode(encoding, values).AsSpan()), back);
        back.ShouldAllBe(value => float.IsNaN(value));
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Each_length_gives_the_bits_of_each_element_alone(TensorEncoding encoding)
    {
        float[] values = [.. Numbers(encoding).Take(70)];
        ushort[] alone = [.. values.Select(value => Encode(encoding, [value])[0])];
        for (int length = 0; length <= values.Length; length++)
        {
            Encode(encoding, values[..length]).ShouldBe(alone[..length]);
        }
    }

    [Fact]
    public void Lengths_and_encodings_are_checked()
    {
        Should.Throw<ArgumentException>(() =>
            TensorCompression.Encode(TensorEncoding.Bfloat16, new float[2], new byte[3]));
        Should.Throw<ArgumentException>(() =>
            TensorCompression.Decode(TensorEncoding.Binary32, new byte[4], new float[2]));
    }

    private static ushort[] Encode(TensorEncoding encoding, float[] values)
    {
        ushort[] narrow = new ushort[values.Length];
        TensorCompression.Encode(encoding, values, MemoryMarshal.AsBytes(narrow.AsSpan()));
        return narrow;
    }

    /// <summary>Every number of 16 bits, the middle to the next, and their neighbours; and a dense
    /// sample of the rest.</summary>
    private static IEnumerable<float> Numbers(TensorEncoding encoding)
    {
        for (int i = 0; i < 0x7fff; i++)
        {
            float low = Oracle.Value(encoding, (ushort)i);
            float high = Oracle.Value(encoding, (ushort)(i + 1));
            if (!float.IsFinite(low))
            {
                continue;
            }

            float middle = (float)((low + (double)Oracle.Finite(encoding, high)) / 2);
            foreach (float value in (float[])[low, middle,
                MathF.BitIncrement(middle), MathF.BitDecrement(middle), MathF.BitIncrement(low)])
            {
                yield return value;
                yield return -value;
            }
        }

        for (uint bits = 0; bits < 0x7f80_0000; bits += 40_009)
        {
            yield return BitConverter.UInt32BitsToSingle(bits);
            yield return BitConverter.UInt32BitsToSingle(bits | 0x8000_0000);
        }

        yield return float.PositiveInfinity;
        yield return float.NegativeInfinity;
        yield return float.MaxValue;
    }
}
