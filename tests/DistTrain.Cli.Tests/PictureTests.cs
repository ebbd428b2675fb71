using DistTrain.Learning;

namespace DistTrain.Cli.Tests;

public sealed class PictureTests
{
    [Fact]
    public void A_picture_is_drawn_in_half_the_lines()
    {
        var image = new GrayImage(3, 2, [255, 0, 255, 0, 0, 0]);
        TerminalPicture.Format(image, hasColour: false, hasUnicode: true).ShouldBe("█ \n  \n");
        TerminalPicture.Format(image, hasColour: false, hasUnicode: false).ShouldBe("@ \n  \n");
        TerminalPicture.Format(image, hasColour: true, hasUnicode: true)
            .ShouldStartWith("\e[38;2;255;255;255;48;2;255;255;255m▀");
    }
}
