using System.Buffers.Binary;
using System.Security.Cryptography;

namespace DistTrain.Learning.Tests;

public class DatasetTests
{
    private static readonly byte[] Values = [0, 1, 2, 3, 4, 5, 6, 7];

    private static InMemoryDataset Bytes(int[]? labels = null, byte[]? values = null) =>
        new("b", values ?? Values, labels ?? [0, 1, 2, 1], features: 2, classes: 3, (1, 2));

    [Fact]
    public void Bytes_are_read_as_bytes_and_as_numbers()
    {
        InMemoryDataset set = Bytes();
        float[] numbers = new float[2];
        set.ReadFloats(3, numbers);
        numbers.ShouldBe([6f, 7f]);
        set.ReadBytes(2).ToArray().ShouldBe([4, 5]);
        set.IsBytes.ShouldBeTrue();
        (set.Count, set.Features, set.Classes, set.Label(2)).ShouldBe((4, 2, 3, 2));
    }

    [Fact]
    public void Numbers_are_not_read_as_bytes()
    {
        var set = new InMemoryDataset("f", [0.5f, -1f], [0, 1], features: 1, classes: 2);
        set.IsBytes.ShouldBeFalse();
        Should.Throw<NotSupportedException>(() => set.ReadBytes(0).Length);
    }

    [Fact]
    public void Arrays_that_do_not_fit_are_refused()
    {
        Should.Throw<ArgumentException>(() => Bytes(labels: [0, 1, 2])).Message
            .ShouldContain("8 values are not 3 samples of 2");
        Should.Throw<ArgumentException>(() => Bytes(labels: [0, 1, 2, 3])).Message
            .ShouldContain("label 3 of sample 3 is not in 0 … 2");
        Should.Throw<ArgumentException>(
            () => new InMemoryDataset("f", [1f, float.NaN], [0, 0], 1, 1)).Message
            .ShouldContain("sample 1");
        Should.Throw<ArgumentException>(() => new InMemoryDataset("b", Values, [0], 8, 1, (3, 3)));
    }

    [Fact]
    public void A_slice_of_a_slice_sees_the_right_samples()
    {
        var slice = new DatasetSlice(new DatasetSlice(Bytes(), 1, 3), 1, 2);
        slice.Count.ShouldBe(2);
        slice.ReadBytes(0).ToArray().ShouldBe([4, 5]);
        slice.Label(1).ShouldBe(1);
        slice.ImageShape.ShouldBe((1, 2));
        Should.Throw<ArgumentOutOfRangeException>(() => slice.Label(2));
        Should.Throw<ArgumentOutOfRangeException>(() => slice.Label(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => new DatasetSlice(slice, 1, 2));
    }

    [Fact]
    public void The_content_hash_is_of_the_documented_encoding()
    {
        byte[] encoding =
        [
            .. "disttrain-dataset-1\n"u8, .. Ints(4, 2, 3, 1, 2, 1), .. Values, .. Ints(0, 1, 2, 1),
        ];
        Bytes().ContentSha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(encoding)));

        byte[] number = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(number, 0.5f);
        byte[] floats =
        [
            .. "disttrain-dataset-1\n"u8, .. Ints(1, 1, 2, 0, 0, 2), .. number, .. Ints(1),
        ];
        new InMemoryDataset("f", [0.5f], [1], 1, 2).ContentSha256
            .ShouldBe(Convert.ToHexStringLower(SHA256.HashData(floats)));
    }

    [Fact]
    public void A_slice_and_a_copy_of_it_have_the_same_content_hash()
    {
        var copy = new InMemoryDataset("copy", [2, 3, 4, 5], [1, 2], 2, 3, (1, 2));
        new DatasetSlice(Bytes(), 1, 2).ContentSha256.ShouldBe(copy.ContentSha256);
        new DatasetSlice(Bytes(), 0, 4).ContentSha256.ShouldBe(Bytes().ContentSha256);
    }

    [Fact]
    public void One_changed_value_or_label_changes_the_content_hash()
    {
        string hash = Bytes().ContentSha256;
        Bytes(labels: [0, 1, 2, 2]).ContentSha256.ShouldNotBe(hash);
        Bytes(values: [0, 1, 2, 3, 4, 5, 6, 8]).ContentSha256.ShouldNotBe(hash);
    }

    private static byte[] Ints(params int[] values)
    {
        byte[] bytes = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), values[i]);
        }

        return bytes;
    }
}
