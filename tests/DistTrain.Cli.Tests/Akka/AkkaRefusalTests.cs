namespace DistTrain.Cli.Tests;

/// <summary>What is said of the engine akka, whether this build has it or not.</summary>
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

    [Fact]
    public void The_doctor_tells_whether_it_is_compiled_in()
    {
        ProcessResult result = Run("doctor");
        result.Output.ShouldContain(AkkaEngine.Version is { } version
            ? $"akka (Akka.NET {version})" : "akka is not compiled in");
    }
}
