using DistTrain.Learning;

namespace DistTrain.Cli.Tests;

public sealed class DataCommandTests : ScratchFolder
{
    [Fact]
    public void The_list_names_what_there_is_and_how_to_get_it()
    {
        string output = Run("data", "list").Output;
        output.ShouldContain("digits");
        output.ShouldContain("disttrain data fetch mnist");
        output.ShouldContain("disttrain data fetch fashion-mnist");
    }

    [Fact]
    public void Info_tells_samples_shape_and_classes()
    {
        IdxSamples.Write(At("set"), samples: 30);
        string output = Run("data", "info", "set").Output;
        output.ShouldContain("30 samples of 16 numbers (4 x 4 pixels), 3 classes");
        output.ShouldContain("0:10 1:10 2:10");
    }

    [Fact]
    public void Samples_are_drawn_and_written_as_pictures()
    {
        IdxSamples.Write(At("set"), samples: 30);
        string drawn = Run("data", "show", "set", "--count", "2", "--first", "1").Output;
        drawn.ShouldContain("sample 1, class 1");
        drawn.ShouldContain("sample 2, class 2");
        drawn.ShouldNotContain("\e");
        Run("data", "show", "set", "--count", "12", "--out", "p.png").ExitCode.ShouldBe(0);
        // Two rows of ten 4 × 4 samples, a line between them, each pixel two by two.
        GrayImage picture = ImageFile.Read(At("p.png"));
        (picture.Rows, picture.Columns).ShouldBe((18, 98));
        picture.Pixels[0].ShouldBe((byte)200);
        picture.Pixels[2 * 98].ShouldBe((byte)0);
        picture.Pixels[(2 * 98) + 10].ShouldBe((byte)200);
        Run("data", "show", "set", "--out", "p.svg").ExitCode.ShouldBe(0);
        File.ReadAllText(At("p.svg")).ShouldStartWith("<svg");
    }

    [Theory]
    [InlineData("show digits --count 0", "--count")]
    [InlineData("show digits --first 70000", "--first")]
    [InlineData("show digits --out p.jpg", "p.jpg")]
    [InlineData("fetch digits", "generated")]
    [InlineData("fetch mnist --mirror ftp://files", "ftp://files")]
    [InlineData("fetch mnist --mirror files", "web address")]
    public void Bad_options_exit_2(string arguments, string names)
    {
        var result = Run(["data", .. arguments.Split(' ')]);
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain(names);
    }

    [Fact]
    public void The_doctor_finds_a_machine_that_runs_the_tests_fit()
    {
        var result = Run("doctor");
        result.ExitCode.ShouldBe(0, result.Output);
        result.Output.ShouldContain("scalar");
        result.Output.ShouldContain("local");
        result.Output.ShouldContain("fix: disttrain data fetch mnist");
    }
}
