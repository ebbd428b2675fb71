namespace DistTrain.Learning.Tests;

public sealed class ImageFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_picture_is_recognised_by_its_content()
    {
        string png = _folder.Write("picture", PngSamples.Get("gray 8"));
        ImageFile.Read(png).Pixels.ShouldBe([0, 128, 255, 10, 20, 30]);
        string pgm = _folder.Write("also-a-picture.png", "P2 1 1 9 9");
        ImageFile.Read(pgm).Pixels.ShouldBe([255]);
    }

    [Theory]
    [InlineData("P2\n# made by hand\n3 1\n255\n0 128 255\n", new byte[] { 0, 128, 255 })]
    [InlineData("P2 3 # comment 7\n1 15 0 7 15", new byte[] { 0, 119, 255 })]
    [InlineData("P2 3 1 65535 0 32768 65535", new byte[] { 0, 128, 255 })]
    [InlineData("P5 3 1 255\nABC", new byte[] { 65, 66, 67 })]
    [InlineData("P5 3 1 90\n\n\n#", new byte[] { 28, 28, 99 })]
    [InlineData("P5 1 1 65535\n@@", new byte[] { 64 })]
    public void A_grey_map_is_read(string text, byte[] expected)
    {
        GrayImage image = ImageFile.Read(_folder.Write("p.pgm", text));
        image.Pixels.ShouldBe(expected);
        (image.Rows, image.Columns).ShouldBe((1, expected.Length));
    }

    [Theory]
    [InlineData("P2 3 1 255 0 128", "pixel 2 is missing or not a number")]
    [InlineData("P2 3 1 255 0 128 256", "pixel 2 is more than 255")]
    [InlineData("P2 3 x", "the height is missing or not a number")]
    [InlineData("P5 3 1 255 AB", "it has 2 of 3 bytes of pixels")]
    [InlineData("P5 3 1 255", "it has 0 of 3 bytes of pixels")]
    [InlineData("P5 0 1 255 ", "is 0")]
    [InlineData("P5 9999 1 255 ", "the width is more than 4096")]
    [InlineData("P5 99999999999999999999", "the width is more than 4096")]
    [InlineData("GIF89a", "this is neither a PNG nor a PGM picture")]
    [InlineData("", "this is neither a PNG nor a PGM picture")]
    public void A_damaged_picture_says_what_is_wrong(string text, string expected)
    {
        string path = _folder.Write("p", text);
        string message = Should.Throw<DataException>(() => ImageFile.Read(path)).Message;
        message.ShouldStartWith(path + ": ");
        message.ShouldContain(expected);
    }

    [Fact]
    public void One_image_of_an_IDX_file_is_a_picture()
    {
        string path = _folder.Write("images.gz", IdxBytes.Gzip(IdxBytes.Images(3, 2, 2)));
        ImageFile.Read(path + "#1").Pixels.ShouldBe([28, 35, 42, 49]);
        Should.Throw<DataException>(() => ImageFile.Read(path + "#3")).Message
            .ShouldContain("Ask for one in 0 … 2");
        Should.Throw<DataException>(() => ImageFile.Read(path)).Message
            .ShouldContain($"Name one of its images: {path}#0");
    }

    [Fact]
    public void A_name_with_a_number_sign_that_is_a_file_is_that_file()
    {
        string path = _folder.Write("picture#1", "P2 1 1 255 7");
        ImageFile.Read(path).Pixels.ShouldBe([7]);
    }

    [Fact]
    public void A_missing_picture_is_named()
    {
        string path = _folder.File("none.png");
        Should.Throw<DataException>(() => ImageFile.Read(path)).Message
            .ShouldBe($"{path}: there is no such file. Check the path.");
    }

    [Fact]
    public void A_picture_of_another_size_is_refused_and_one_of_the_right_size_can_be_inverted()
    {
        var image = new GrayImage(2, 1, [0, 200]);
        image.RequireShape("p", 2, 1).ShouldBe([0, 200]);
        Should.Throw<DataException>(() => image.RequireShape("p", 1, 2)).Message
            .ShouldContain("the picture is 1 × 2 pixels, the model takes 2 × 1");
        image.Invert().Pixels.ShouldBe([255, 55]);
    }
}
