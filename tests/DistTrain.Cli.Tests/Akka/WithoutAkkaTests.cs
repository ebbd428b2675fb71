namespace DistTrain.Cli.Tests;

/// <summary>A build without the engine akka says so, and how to build with it.</summary>
public sealed class WithoutAkkaTests : ScratchFolder
{
    [Theory]
    [InlineData("train --engine akka")]
    [InlineData("train --engine akka --batch-size 0 --heads 2")]
    [InlineData("cluster --engine akka --workers 2")]
    [InlineData("head --engine akka --listen 127.0.0.1:0")]
    [InlineData("worker --engine akka --head 127.0.0.1:7300")]
    [InlineData("ps --engine akka --head 127.0.0.1:7300,127.0.0.1:7301")]
    public void Who_asks_for_it_is_told_one_thing(string arguments)
    {
        ProcessResult result = Run(arguments.Split(' '));
        result.ExitCode.ShouldBe(2, result.Error);
        string[] lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2, result.Error);
        lines[0].ShouldContain("--engine: the engine akka is not compiled into this program");
        lines[1].ShouldContain("-p:AkkaEngine=true");
        result.Output.ShouldBeEmpty();
        Directory.Exists(At("runs")).ShouldBeFalse();
    }

    [Fact]
    public void A_recipe_that_asks_for_it_is_answered_alike()
    {
        Write("mine.json", """{ "layers": "784-10:softmax", "engine": "akka" }""");
        ProcessResult result = Run("train", "mine.json");
        result.ExitCode.ShouldBe(2, result.Error);
        result.Error.ShouldContain("the engine akka is not compiled into this program");
    }
}
