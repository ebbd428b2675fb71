using DistTrain.Engine.Tcp;

namespace DistTrain.Cli.Tests;

/// <summary>Who is let in, and what nodes refuse to do unprotected.</summary>
public sealed class NodeSecurityTests : ClusterScene
{
    [Fact]
    public void A_cluster_over_mutual_TLS_gives_the_golden_weights_and_answers_the_doctor()
    {
        Run("certs", "init", "ca").ExitCode.ShouldBe(0);
        foreach ((string name, string roles) in
            new[] { ("head", "head"), ("ps", "ps"), ("worker", "worker") })
        {
            Run("certs", "node", name, "--ca", "ca", "--roles", roles, "--hosts", "127.0.0.1")
                .ExitCode.ShouldBe(0);
        }
        NodeProcess head = StartHead(
            "--certs", "ca/head", "--parameter-server-nodes", "1", "--parameter-servers", "2");
        Run("doctor", "--health", "--head", Address, "--certs", "ca/worker")
            .ExitCode.ShouldBe(0);
        Start("ps", "--head", Address, "--certs", "ca/ps", "--listen", "127.0.0.1:0");
        NodeProcess worker = Start(
            "worker", "--head", Address, "--certs", "ca/worker", "--threads", "3");

        ShouldEndGolden(head);
        worker.AwaitExit().ExitCode.ShouldBe(0, worker.Log);
        string doctor = Run("doctor", "--head", Address, "--certs", "ca/worker").Output;
        doctor.ShouldContain("is signed by ca.crt");
        doctor.ShouldContain("BAD   connection");
    }

    [Fact]
    public void Who_has_another_token_is_not_let_in_and_hears_why()
    {
        NodeProcess head = StartHead();
        RunToken.Create().Save(At("other"));
        ProcessResult worker = Run(
            "worker", "--head", Address, "--token-file", "other", "--wait", "1");

        worker.ExitCode.ShouldBe(1);
        worker.Error.ShouldContain("it does not know the token: it is of another run");
        worker.Error.ShouldContain("giving up");
        head.AwaitLine("was not let in");
        Run("doctor", "--health", "--head", Address, "--token-file", "other")
            .ExitCode.ShouldBe(1);
        Run("doctor", "--health", "--head", Address, "--token-file", "run/token")
            .ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("head --listen 0.0.0.0:7300", "needs certificates", "certs init")]
    [InlineData("head --listen 7300", "names no port", "give HOST:PORT")]
    [InlineData("head --listen ::1:7300", "is ambiguous", "[::1]:7300")]
    [InlineData("head --listen 127.0.0.1:70000", "is no port", "0 to 65535")]
    [InlineData("head --certs none", "there is no none/ca.crt", "certs node")]
    [InlineData("worker --head 127.0.0.1:7300", "neither certificates nor", "--token-file")]
    [InlineData("worker --head 0.0.0.0:7300", "is where a node listens", "addresses")]
    [InlineData("worker --head a_b:7300 --threads 0", "is neither a host name", "--threads")]
    [InlineData("worker", "--head: is missing", "HOST:PORT")]
    [InlineData("ps --head 127.0.0.1:1 --listen 0.0.0.0:0", "nobody can dial", "--advertise")]
    [InlineData("cluster --engine local", "cluster means tcp", "disttrain train")]
    [InlineData("train --compress bf16", "--compress: is of the engine tcp", "--engine tcp")]
    [InlineData("train --parameter-server-nodes 2", "are of the engine tcp", "--engine tcp")]
    [InlineData("doctor --health", "--health: needs a node", "--head")]
    public void What_a_node_cannot_do_is_refused_with_a_way_out(
        string arguments, string problem, string way)
    {
        ProcessResult result = Run(arguments.Split(' '));
        result.ExitCode.ShouldBe(2, result.Error);
        result.Error.ShouldContain(problem);
        result.Error.ShouldContain(way);
        Directory.Exists(At("runs")).ShouldBeFalse();
    }
}
