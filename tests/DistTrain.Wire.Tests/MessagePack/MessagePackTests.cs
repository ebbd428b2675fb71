namespace DistTrain.Wire.Tests;

public sealed class MessagePackTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7f")]
    [InlineData(128, "cc80")]
    [InlineData(255, "ccff")]
    [InlineData(256, "cd0100")]
    [InlineData(65_535, "cdffff")]
    [InlineData(65_536, "ce00010000")]
    [InlineData(4_294_967_296, "cf0000000100000000")]
    [InlineData(long.MaxValue, "cf7fffffffffffffff")]
    [InlineData(-1, "ff")]
    [InlineData(-32, "e0")]
    [InlineData(-33, "d0df")]
    [InlineData(-128, "d080")]
    [InlineData(-129, "d1ff7f")]
    [InlineData(-32_769, "d2ffff7fff")]
    [InlineData(-2_147_483_649, "d3ffffffff7fffffff")]
    [InlineData(long.MinValue, "d38000000000000000")]
    public void A_whole_number_takes_its_shortest_form(long value, string hex)
    {
        Encoded.Hex(w => w.Write(value)).ShouldBe(hex);
        Read(hex, (ref MessagePackReader r) => r.ReadInt64()).ShouldBe(value);
    }

    [Theory]
    [InlineData("d301", null)]
    [InlineData("d3ffffffffffffffff", -1L)]
    [InlineData("d0ff", -1L)]
    [InlineData("d1ffff", -1L)]
    [InlineData("d2ffffffff", -1L)]
    [InlineData("d00c", 12L)]
    [InlineData("cd000c", 12L)]
    [InlineData("ce0000000c", 12L)]
    [InlineData("cf000000000000000c", 12L)]
    [InlineData("cfffffffffffffffff", null)]
    [InlineData("c0", null)]
    [InlineData("c1", null)]
    [InlineData("", null)]
    public void Longer_forms_are_read_and_what_is_no_such_number_is_refused(
        string hex, long? value) =>
        ShouldRead(hex, (ref MessagePackReader r) => r.ReadInt64(), value);

    [Theory]
    [InlineData("ff", null)]
    [InlineData("cfffffffffffffffff", ulong.MaxValue)]
    public void A_number_without_a_sign_is_not_negative(string hex, ulong? value) =>
        ShouldRead(hex, (ref MessagePackReader r) => r.ReadUInt64(), value);

    [Theory]
    [InlineData("c2", false)]
    [InlineData("c3", true)]
    [InlineData("01", null)]
    public void Booleans(string hex, bool? value)
    {
        ShouldRead(hex, (ref MessagePackReader r) => r.ReadBool(), value);
        if (value is { } there)
        {
            Encoded.Hex(w => w.Write(there)).ShouldBe(hex);
        }
    }

    [Fact]
    public void Fractions()
    {
        Encoded.Hex(w => w.Write(1.5f)).ShouldBe("ca3fc00000");
        Encoded.Hex(w => w.Write(-0.1)).ShouldBe("cbbfb999999999999a");
        Read("ca3fc00000", (ref MessagePackReader r) => r.ReadDouble()).ShouldBe(1.5);
        Read("cbbfb999999999999a", (ref MessagePackReader r) => r.ReadDouble()).ShouldBe(-0.1);
        ShouldRead<double>("01", (ref MessagePackReader r) => r.ReadDouble(), null);
    }

    [Theory]
    [InlineData(0, "a0")]
    [InlineData(31, "bf")]
    [InlineData(32, "d920")]
    [InlineData(255, "d9ff")]
    [InlineData(256, "da0100")]
    [InlineData(65_536, "db00010000")]
    public void Texts(int length, string head)
    {
        string text = new('x', length);
        string hex = Encoded.Hex(w => w.Write(text));
        hex.ShouldStartWith(head);
        Read(hex, (ref MessagePackReader r) => r.ReadText(length)).ShouldBe(text);
        ShouldBeRefused(hex, (ref MessagePackReader r) => r.ReadText(length - 1));
    }

    [Fact]
    public void A_text_is_valid_UTF8()
    {
        string hex = Encoded.Hex(w => w.Write("ß😀"));
        hex.ShouldBe("a6c39ff09f9880");
        Read(hex, (ref MessagePackReader r) => r.ReadText(6)).ShouldBe("ß😀");
        ShouldBeRefused("a2c328", (ref MessagePackReader r) => r.ReadText(9));
        Encoded.Hex(w => w.Write("\ud83d")).ShouldBe("a3efbfbd");
    }

    [Theory]
    [InlineData(0, "c400")]
    [InlineData(255, "c4ff")]
    [InlineData(256, "c50100")]
    [InlineData(65_536, "c600010000")]
    public void Bytes(int length, string head)
    {
        byte[] bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        string hex = Encoded.Hex(w => w.WriteBin(bytes));
        hex.ShouldStartWith(head);
        Read(hex, (ref MessagePackReader r) => r.ReadBin(length).ToArray()).ShouldBe(bytes);
        ShouldBeRefused(hex, (ref MessagePackReader r) => r.ReadBin(length - 1).ToArray());
    }

    [Theory]
    [InlineData(15, "9f", "8f")]
    [InlineData(16, "dc0010", "de0010")]
    [InlineData(65_536, "dd00010000", "df00010000")]
    public void An_array_or_map_is_no_longer_than_the_bytes_behind_it(
        int count, string arrayHead, string mapHead)
    {
        Encoded.Hex(w => w.WriteArrayHeader(count)).ShouldBe(arrayHead);
        Encoded.Hex(w => w.WriteMapHeader(count)).ShouldBe(mapHead);
        string values = new('0', 2 * count);
        string array = arrayHead + values;
        string map = mapHead + values + values;

        Read(array, (ref MessagePackReader r) => r.ReadArrayHeader(count)).ShouldBe(count);
        Read(map, (ref MessagePackReader r) => r.ReadMapHeader(count)).ShouldBe(count);
        ShouldBeRefused(array, (ref MessagePackReader r) => r.ReadArrayHeader(count - 1));
        ShouldBeRefused(map, (ref MessagePackReader r) => r.ReadMapHeader(count - 1));
        ShouldBeRefused(array[..^2], (ref MessagePackReader r) => r.ReadArrayHeader(count));
        ShouldBeRefused(map[..^2], (ref MessagePackReader r) => r.ReadMapHeader(count));
    }

    [Theory]
    [InlineData("c0")]
    [InlineData("c3")]
    [InlineData("7f")]
    [InlineData("e0")]
    [InlineData("cc00")]
    [InlineData("d10000")]
    [InlineData("ca00000000")]
    [InlineData("cb0000000000000000")]
    [InlineData("d3ffffffffffffffff")]
    [InlineData("a3616263")]
    [InlineData("d90161")]
    [InlineData("da000161")]
    [InlineData("db0000000161")]
    [InlineData("c40100")]
    [InlineData("c50001ff")]
    [InlineData("c600000001ff")]
    [InlineData("d40100")]
    [InlineData("d5010000")]
    [InlineData("d80100000000000000000000000000000000")]
    [InlineData("c702ff0000")]
    [InlineData("c80001ff00")]
    [InlineData("c900000001ff00")]
    [InlineData("9301c09101")]
    [InlineData("dc0002c0c0")]
    [InlineData("dd00000002c0c0")]
    [InlineData("8201c0a16190")]
    [InlineData("de000101c0")]
    [InlineData("df0000000101c0")]
    public void A_value_of_any_kind_is_passed_over_but_never_a_part_of_one(string hex)
    {
        Read(hex + "2a", (ref MessagePackReader r) =>
        {
            r.Skip();
            return r.ReadInt64();
        }).ShouldBe(42);
        for (int length = 0; length < hex.Length; length += 2)
        {
            ShouldBeRefused(hex[..length], (ref MessagePackReader r) =>
            {
                r.Skip();
                return 0;
            });
        }
    }

    [Fact]
    public void Depth_costs_nothing_to_pass_over()
    {
        byte[] nested = new byte[1_000_000];
        Array.Fill(nested, (byte)0x91);
        nested[^1] = 0xc0;
        var reader = new MessagePackReader(nested);
        reader.Skip();
        reader.Remaining.ShouldBe(0);
    }

    [Fact]
    public void Counts_that_multiply_are_seen_through()
    {
        // Each array claims all that is left; together they would be 2⁶⁰ values.
        byte[] bytes = [0xdc, 0x00, 0x0a, 0xdc, 0x00, 0x07, 0xdc, 0x00, 0x04, 0, 0, 0, 0];
        ShouldBeRefused(Convert.ToHexString(bytes), (ref MessagePackReader r) =>
        {
            r.Skip();
            return 0;
        });
    }

    private delegate T Reading<T>(ref MessagePackReader reader);

    private static T Read<T>(string hex, Reading<T> read)
    {
        var reader = new MessagePackReader(Convert.FromHexString(hex));
        return read(ref reader);
    }

    private static void ShouldRead<T>(string hex, Reading<T> read, T? value)
        where T : struct
    {
        if (value is { } there)
        {
            Read(hex, read).ShouldBe(there);
        }
        else
        {
            ShouldBeRefused(hex, read);
        }
    }

    private static void ShouldBeRefused<T>(string hex, Reading<T> read) =>
        Should.Throw<WireException>(() => Read(hex, read));
}
