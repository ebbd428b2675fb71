using System.Globalization;
using DistTrain.Protocol;

namespace DistTrain.Wire.Tests;

/// <summary>Others read what we write, and we read what others write.</summary>
public sealed class PythonTests
{
    /// <summary>Unpacks each line's values, prints them, packs them again and prints that.
    /// </summary>
    private const string Echo = """
        import msgpack, sys
        for line in sys.stdin:
            unpacker = msgpack.Unpacker(strict_map_key=False)
            unpacker.feed(bytes.fromhex(line.strip()))
            values = list(unpacker)
            print(ascii(values))
            print(b''.join(msgpack.packb(v) for v in values).hex())
        """;

    private const string Values = """
        import msgpack
        values = [None, True, False, 1.5, 'text \u00df \U0001f600', b'bytes', [], [1, [2]],
            {}, {1: 'a', 'b': None}, msgpack.ExtType(5, b'xyz'), msgpack.ExtType(127, b'12345678'),
            'x' * 40, 'y' * 300, b'z' * 300, b'z' * 70000, list(range(20)), [None] * 70000,
            {i: i for i in range(20)}, msgpack.Timestamp(1, 2)]
        numbers = [0, 1, -1, -32, -33, 127, 128, -128, -129, 255, 256, 32767, -32768, -32769,
            65535, 65536, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**32 - 1, 2**32, 2**63 - 1, -2**63]
        for v in numbers: print('n', v, msgpack.packb(v).hex())
        for v in values: print('v', 0, msgpack.packb(v).hex())
        """;

    [SkippableFact]
    public void Python_reads_every_message_and_writes_the_same_bytes()
    {
        object[] messages = [.. from type in Samples.Travelling
                                from seed in Enumerable.Range(0, 20)
                                select Samples.Message(type, new Random(seed))];
        string[] sent = [.. messages.Select(Whole)];

        string[] lines = Python.Run(Echo, sent);

        lines.Where((_, i) => i % 2 == 1).ShouldBe(sent);
    }

    [SkippableFact]
    public void Python_sees_the_fields_and_the_tensor()
    {
        var run = new RunId(Guid.Parse("61626364-6566-6768-696a-6b6c6d6e6f70"));
        var node = new TreeNode(4, 8);
        var basis = new Basis(new Generation(3), 7);
        var contribution = new Contribution(run, 9, node, new WorkerId(5), default, basis);
        Python.Run(Echo, [Whole(contribution)])[0].ShouldBe(
            "[[30, b'abcdefghijklmnop', 9, [4, 8], 5, 1, [3, 0], 7, b'\\xaa\\xbb'], "
            + "b'\\x00\\x01\\x02\\x03\\x04\\x05\\x06\\x07']");
        Python.Run(Echo, [Whole(new WorkerFailed(new WorkerId(1), 2, "kaputt: ß"))])[0]
            .ShouldBe("[[3, 1, 2, 'kaputt: \\xdf']]");
    }

    [SkippableFact]
    public void We_read_what_Python_writes()
    {
        string[][] lines = [.. Python.Run(Values, []).Select(line => line.Split(' '))];
        lines.Length.ShouldBe(44);
        foreach (string[] line in lines)
        {
            byte[] bytes = Convert.FromHexString(line[2]);
            var reader = new MessagePackReader(bytes);
            if (line[0] == "n")
            {
                long value = long.Parse(line[1], CultureInfo.InvariantCulture);
                reader.ReadInt64().ShouldBe(value);
                Encoded.Bytes(w => w.Write(value)).ShouldBe(bytes);
            }
            else
            {
                reader.Skip();
            }

            reader.Remaining.ShouldBe(0);
        }
    }

    /// <summary>A message as all its frames together carry it, tensor included.</summary>
    private static string Whole(object message)
    {
        string tensor = MessageCodec.FormatOf(message).HasTensor ? "0001020304050607" : "";
        return Convert.ToHexStringLower(Encoded.Bytes(message)) + tensor;
    }
}
