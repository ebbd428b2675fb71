namespace DistTrain.Learning.Tests;

public sealed class IdxFileTests : IDisposable
{
    private static readonly byte[] Good = IdxBytes.Images(3, 2, 2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, "images")]
    [InlineData(true, "images.gz")]
    [InlineData(true, "images-without-the-ending")]
    [InlineData(false, "plain-all-the-same.gz")]
    public void Plain_and_gzipped_files_are_told_apart_by_their_content(bool gzip, string name)
    {
        string path = _folder.Write(name, gzip ? IdxBytes.Gzip(Good) : Good);
        IdxImages images = IdxFile.ReadImages(path);
        (images.Count, images.Rows, images.Columns).ShouldBe((3, 2, 2));
        images.Pixels.ShouldBe(Good[16..]);
    }

    [Fact]
    public void Labels_are_read()
    {
        string path = _folder.Write("labels", IdxBytes.Labels(3, 0, 9));
        IdxFile.ReadLabels(path).ShouldBe([3, 0, 9]);
    }

    [Fact]
    public void One_image_can_be_read_alone()
    {
        string path = _folder.Write("images", IdxBytes.Gzip(Good));
        IdxFile.ReadImage(path, 2).Pixels.ShouldBe(Good[^4..]);
        ErrorOf(() => IdxFile.ReadImage(path, 3)).ShouldContain("there is no image 3: it has 3");
    }

    [Fact]
    public void A_file_larger_than_the_first_block_of_memory_is_read_whole()
    {
        byte[] large = IdxBytes.Images(9, 2048, 1024, i => (byte)(i % 251));
        string path = _folder.Write("images", large);
        IdxFile.ReadImages(path).Pixels.AsSpan().SequenceEqual(large.AsSpan(16)).ShouldBeTrue();
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        string path = _folder.File("nothing");
        ErrorOf(() => IdxFile.ReadImages(path)).ShouldBe(
            $"{path}: there is no such file. Check the path.");
    }

    [Theory]
    [InlineData("empty", "the file is empty")]
    [InlineData("three bytes", "cut short: the header should have 4 bytes, found 3")]
    [InlineData("half a header", "cut short: the header should have 12 bytes, found 6")]
    [InlineData("cut pixels", "cut short: the pixels should have 12 bytes, found 11")]
    [InlineData("trailing byte", "it goes on after the 28 bytes that its header announces")]
    [InlineData("labels", "begins with 2051, this one with 2049 (an IDX file of labels)")]
    [InlineData("text", "begins with 2051, this one with 1819044899")]
    [InlineData("no images", "no data: its header announces 0 images of 2 × 2")]
    [InlineData("no rows", "announces 1 images of 0 × 2; sides may be 1 … 4,096")]
    [InlineData("wide", "announces 1 images of 2 × 70,000; sides may be 1 … 4,096")]
    [InlineData("absurd count", "announces 4,294,967,295 images of 28 × 28, more than")]
    [InlineData("lying header", "cut short: the pixels should have 2,000,000,000 bytes, found 12")]
    public void A_damaged_file_says_what_is_wrong_with_it(string damage, string expected)
    {
        byte[] bytes = damage switch
        {
            "empty" => [],
            "three bytes" => Good[..3],
            "half a header" => Good[..10],
            "cut pixels" => Good[..^1],
            "trailing byte" => [.. Good, 0],
            "labels" => IdxBytes.Labels(1, 2, 3),
            "text" => "lll#lll#lll#lll#"u8.ToArray(),
            "no images" => IdxBytes.Words(2051, 0, 2, 2),
            "no rows" => IdxBytes.Words(2051, 1, 0, 2),
            "wide" => IdxBytes.Words(2051, 1, 2, 70_000),
            "absurd count" => IdxBytes.Words(2051, uint.MaxValue, 28, 28),
            _ => [.. IdxBytes.Words(2051, 2_000, 1000, 1000), .. Good[16..]],
        };
        string path = _folder.Write("images", bytes);
        string message = ErrorOf(() => IdxFile.ReadImages(path));
        message.ShouldStartWith(path + ": ");
        message.ShouldContain(expected);
    }

    [Fact]
    public void A_lying_header_does_not_take_the_memory_that_it_announces()
    {
        byte[] lie = [.. IdxBytes.Words(2051, 2_000, 1000, 1000), .. Good[16..]];
        string path = _folder.Write("images.gz", IdxBytes.Gzip(lie));
        long before = GC.GetAllocatedBytesForCurrentThread();
        ErrorOf(() => IdxFile.ReadImages(path)).ShouldContain("cut short");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(40L << 20);
    }

    [Fact]
    public void A_gzip_file_cut_anywhere_is_refused()
    {
        byte[] packed = IdxBytes.Gzip(Good);
        for (int length = 1; length < packed.Length; length++)
        {
            string path = _folder.Write("images.gz", packed[..length]);
            ErrorOf(() => IdxFile.ReadImages(path)).ShouldStartWith(path + ": ");
        }
    }

    [Fact]
    public void A_gzip_file_with_a_flipped_bit_is_refused_or_harmless()
    {
        // Harmless are the bits that fill up the last byte of the deflate stream.
        const int GzipHeaderBytes = 10;
        byte[] packed = IdxBytes.Gzip(Good);
        int harmless = 0;
        for (int bit = 8 * GzipHeaderBytes; bit < 8 * packed.Length; bit++)
        {
            byte[] damaged = [.. packed];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            string path = _folder.Write("images.gz", damaged);
            try
            {
                IdxFile.ReadImages(path).Pixels.ShouldBe(Good[16..]);
                harmless++;
            }
            catch (DataException e)
            {
                e.Message.ShouldStartWith(path + ": ");
            }
        }

        harmless.ShouldBeLessThan(8);
    }

    [Fact]
    public void Bytes_behind_a_gzip_file_are_refused()
    {
        string path = _folder.Write("images.gz", [.. IdxBytes.Gzip(Good), 1, 2, 3, 4, 5]);
        ErrorOf(() => IdxFile.ReadImages(path)).ShouldContain("corrupt");
    }

    private static string ErrorOf(Action read) => Should.Throw<DataException>(read).Message;
}
