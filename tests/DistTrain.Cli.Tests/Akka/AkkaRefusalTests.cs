namespace DistTrain.Cli.Tests;

/// <summary>What is said to who asks for the engine akka in vain, whether this build has it or
/// not.</summary>
public sealed class AkkaRefusalTests : ScratchFolder
{
    [Theory]
    [InlineData("train --heads 3", "--heads")]
    [InlineData("cluster --akka-config my.conf", "--akka-config")]
    [InlineData("head --seed-nodes 127.0.0.1:7300 --public-host me", "--public-host")]
    [InlineData("worker --head 127.0.0.1:7300 --listen 127.0.0.1:0", "--listen")]
    [InlineData("ps --head 127.0.0.1:7300 --public-host me", "--public-host")]
    public void Options_of_akka_are_refused_for_other_engines(string arguments, string option)
    {
        Write("my.conf", "");
        ProcessResult result = Run(arguments.Split(' '));
        result.ExitCode.ShouldBe(2, result.Error);
        result.Error.ShouldContain($"{option}: is of the engine akka");
        result.Error.ShouldContain("add --engine akka");
        Directory.Exists(At("runs")).ShouldBeFalse();
    }

    [SkippableTheory]
    [InlineData("train --engine akka")]
    [InlineData("train --engine akka --batch-size 0 --heads 2")]
    [InlineData("cluster --engine akka --workers 2")]
    [InlineData("head --engine akka --listen 127.0.0.1:0")]
    [InlineData("worker --engine akka --head 127.0.0.1:7300")]
    [InlineData("ps --engine akka --head 127.0.0.1:7300,127.0.0.1:7301")]
    public void A_build_without_it_says_so_and_how_to_build_with_it(string arguments)
    {
        Skip.If(AkkaEngine.IsHere, "this build has it");
        ProcessResult result = Run(arguments.Split(' '));
        result.ExitCode.ShouldBe(2, result.Error);
        string[] lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2, result.Error);
        lines[0].ShouldContain("--engine: the engine akka is not compiled into this program");
        lines[1].ShouldContain("-p:AkkaEngine=true");
        result.Output.ShouldBeEmpty();
        Directory.Exists(At("runs")).ShouldBeFalse();
    }

    [SkippableFact]
    public void A_recipe_that_asks_for_it_is_answered_alike()
    {
        Skip.If(AkkaEngine.IsHere, "this build has it");
        Write("mine.json", """{ "layers": "784-10:softmax", "engine": "akka" }""");
        ProcessResult result = Run("train", "mine.json");
        result.ExitCode.ShouldBe(2, result.Error);
        result.Error.ShouldContain("the engine akka is not compiled into this program");
    }

    [SkippableTheory]
    [InlineData("cluster --engine akka --heads 2", "--heads", "odd number")]
    [InlineData("cluster --engine akka --heads 0", "--heads", "odd number")]
    [InlineData("cluster --engine akka --akka-config none.conf", "--akka-config", "AKKA.md")]
    [InlineData("cluster --engine akka --akka-config broken.conf", "--akka-config", "line 1")]
    [InlineData("head --engine akka --seed-nodes nowhere", "--seed-nodes", "HOST:PORT")]
    [InlineData("head --engine akka --listen 0.0.0.0:7300", "--public-host", "reach")]
    [InlineData("head --engine akka --listen 0.0.0.0:7300 --public-host me.example",
        "needs certificates", "certs")]
    [InlineData("head --engine akka --token-file token", "--token-file", "--certs")]
    [InlineData("worker --engine akka", "--head", "is missing")]
    [InlineData("worker --engine akka --head 10.0.0.5:7300", "--listen", "reach this one")]
    [InlineData("ps --engine akka --head 127.0.0.1:7300 --advertise a.example:7301",
        "--advertise", "--public-host")]
    [InlineData("worker --engine local --head 127.0.0.1:7300", "--engine", "tcp or akka")]
    public void What_cannot_work_is_told_before_anything_begins(
        string arguments, string names, string fix)
    {
        Skip.IfNot(AkkaEngine.IsHere, "this build is without it");
        Write("broken.conf", "akka { loglevel = INFO");
        ProcessResult result = Run(arguments.Split(' '));
        result.ExitCode.ShouldBe(2, result.Error);
        result.Error.ShouldContain(names);
        result.Error.ShouldContain(fix);
        Directory.Exists(At("runs")).ShouldBeFalse();
    }

    [Fact]
    public void The_doctor_tells_whether_it_is_compiled_in()
    {
        ProcessResult result = Run("doctor");
        result.Output.ShouldContain(AkkaEngine.Version is { } version
            ? $"akka (Akka.NET {version})" : "akka is not compiled in");
    }
}
