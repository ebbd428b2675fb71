using System.Text.Json;
using DistTrain.Learning;

namespace DistTrain.Cli.Tests;

/// <summary>evaluate, predict and summary on a model that tells three bright rows apart.</summary>
public sealed class ModelCommandTests : ScratchFolder
{
    [Fact]
    public void A_model_is_evaluated_and_predicts_from_every_kind_of_file()
    {
        Train();
        var evaluated = Run("evaluate", "run/model.dtm", "--json");
        using (var json = JsonDocument.Parse(evaluated.Output))
        {
            json.RootElement.GetProperty("testAccuracy").GetDouble().ShouldBe(1);
            json.RootElement.GetProperty("classes").GetArrayLength().ShouldBe(3);
        }
        Run("evaluate", "run/model.dtm").Output.ShouldContain("100.00 %");
        File.WriteAllBytes(At("two.png"), PngWriter.ToBytes(new GrayImage(
            IdxSamples.Side, IdxSamples.Side, IdxSamples.Image(2))));
        Write("one.pgm", "P2 4 4 255 " + string.Join(' ', IdxSamples.Image(1)));
        Write("rows.csv", string.Join(',', IdxSamples.Image(0)) + "\n9,"
            + string.Join(',', IdxSamples.Image(2)) + "\n");
        var predicted = Run("predict", "run/model.dtm", "two.png", "one.pgm", "rows.csv",
            "set/train-images-idx3-ubyte#1", "--json");
        predicted.ExitCode.ShouldBe(0, predicted.Error);
        using var predictions = JsonDocument.Parse(predicted.Output);
        var items = predictions.RootElement.GetProperty("predictions").EnumerateArray().ToList();
        items.Select(p => p.GetProperty("class").GetInt32()).ShouldBe([2, 1, 0, 2, 1]);
        foreach (var item in items)
        {
            item.GetProperty("probabilities").EnumerateArray().Sum(p => p.GetDouble())
                .ShouldBe(1, 1e-5);
        }
        Run("summary", "run/model.dtm").Output.ShouldContain("parameters      51");
    }

    [Fact]
    public void Files_that_do_not_fit_a_model_exit_3_without_half_an_answer()
    {
        Train();
        File.WriteAllBytes(At("big.png"), PngWriter.ToBytes(new GrayImage(5, 4, new byte[20])));
        Write("cut.pgm", "P5 4 4 255 abc");
        Write("text.csv", "1,2,3\n");
        Write("bad.csv", string.Join(',', Enumerable.Repeat("x", 15).Prepend("1")) + "\n");
        foreach (string file in (string[])["big.png", "cut.pgm", "text.csv", "bad.csv", "none.png",
            "set/train-images-idx3-ubyte#99", "set/train-images-idx3-ubyte#x"])
        {
            var result = Run("predict", "run/model.dtm", "set/train-images-idx3-ubyte#0", file);
            result.ExitCode.ShouldBe(3, file + ": " + result.Error);
            result.Error.ShouldContain(file.Split('#')[0]);
            result.Error.ShouldNotContain("   at ");
            result.Output.ShouldBeEmpty();
        }
    }

    [Fact]
    public void A_model_cut_short_or_with_a_flipped_bit_exits_3()
    {
        Train();
        byte[] bytes = File.ReadAllBytes(At("run/model.dtm"));
        File.WriteAllBytes(At("cut.dtm"), bytes[..^7]);
        bytes[bytes.Length / 2] ^= 0x10;
        File.WriteAllBytes(At("flipped.dtm"), bytes);
        foreach (string file in (string[])["cut.dtm", "flipped.dtm"])
        {
            var result = Run("evaluate", file);
            result.ExitCode.ShouldBe(3);
            result.Error.ShouldContain(file);
            result.Output.ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("ann-128-32")]
    [InlineData("784-128-32-10")]
    public void A_summary_counts_parameters(string what) =>
        Run("summary", what).Output.ShouldContain("104,938");

    [Fact]
    public void A_stack_trace_is_shown_on_request_only()
    {
        Run("evaluate", "none.dtm").Error.ShouldNotContain("   at ");
        Run("evaluate", "none.dtm", "--verbose").Error.ShouldContain("   at ");
    }

    private void Train()
    {
        IdxSamples.Write(At("set"), samples: 60);
        var result = Run("train", "--data", "set", "--layers", "16-3:softmax", "--batch-size", "8",
            "--learning-rate", "0.05", "--epochs", "20", "--out", "run");
        result.ExitCode.ShouldBe(0, result.Error);
    }
}
