namespace DistTrain.Cli.Tests;

/// <summary>Bad usage of the engine akka: what is wrong, and the way out.</summary>
public sealed class AkkaUsageTests : ScratchFolder
{
    [Theory]
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
        Write("broken.conf", "akka { loglevel = INFO");
        ProcessResult result = Run(arguments.Split(' '));
        result.ExitCode.ShouldBe(2, result.Error);
        result.Error.ShouldContain(names);
        result.Error.ShouldContain(fix);
        Directory.Exists(At("runs")).ShouldBeFalse();
    }
}
