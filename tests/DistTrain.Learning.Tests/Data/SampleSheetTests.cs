using System.Xml.Linq;

namespace DistTrain.Learning.Tests;

public class SampleSheetTests
{
    private static readonly InMemoryDataset Set = new(
        "tiny", [1, 2, 3, 4, 5, 6], [4, 0, 2], features: 2, classes: 5, (1, 2));

    [Fact]
    public void Samples_stand_side_by_side_with_a_gap()
    {
        GrayImage sheet = SampleSheet.ToImage(Set, [0, 1, 2], across: 2);
        (sheet.Rows, sheet.Columns).ShouldBe((3, 5));
        sheet.Pixels.ShouldBe([1, 2, 0, 3, 4, 0, 0, 0, 0, 0, 5, 6, 0, 0, 0]);
    }

    [Fact]
    public void Pixels_are_enlarged()
    {
        GrayImage sheet = SampleSheet.ToImage(Set, [2], across: 4, scale: 2);
        (sheet.Rows, sheet.Columns).ShouldBe((2, 4));
        sheet.Pixels.ShouldBe([5, 5, 6, 6, 5, 5, 6, 6]);
    }

    [Fact]
    public void The_SVG_holds_every_sample_with_its_label()
    {
        XElement svg = XElement.Parse(SampleSheet.ToSvg(Set, [0, 1, 2], across: 2));
        XNamespace space = "http://www.w3.org/2000/svg";
        svg.Elements(space + "text").Select(text => text.Value).ShouldBe(["4", "0", "2"]);
        string[] images = [.. svg.Elements(space + "image")
            .Select(image => (string)image.Attribute("href")!)];
        images.Length.ShouldBe(3);
        byte[] png = Convert.FromBase64String(images[1]["data:image/png;base64,".Length..]);
        PngReader.Read(png, "inside").Pixels.ShouldBe([3, 4]);
    }

    [Fact]
    public void Samples_that_are_not_images_are_refused()
    {
        var numbers = new InMemoryDataset("numbers", [0.5f], [0], 1, 1);
        Should.Throw<DataException>(() => SampleSheet.ToImage(numbers, [0], 1)).Message
            .ShouldContain("numbers: its samples are not images");
    }
}
