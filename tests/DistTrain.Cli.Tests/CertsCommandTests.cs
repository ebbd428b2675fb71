using System.Runtime.Versioning;

namespace DistTrain.Cli.Tests;

public sealed class CertsCommandTests : ScratchFolder
{
    [Fact]
    public void An_authority_and_a_node_are_two_commands()
    {
        var made = Run("certs", "init");
        made.ExitCode.ShouldBe(0, made.Error);
        made.Error.ShouldBeEmpty();
        made.Output.ShouldContain("DistTrain cluster CA");
        made.Output.ShouldContain("next: disttrain certs node NAME");
        Files("certs").ShouldBe(["ca.crt", "ca.key"]);

        var node = Run("certs", "node", "worker-1", "--hosts", "10.0.0.7, gpu.lan",
            "--roles", "worker");
        node.ExitCode.ShouldBe(0, node.Error);
        node.Output.ShouldContain(
            "worker-1, may be worker, reached as worker-1, gpu.lan, 10.0.0.7");
        node.Output.ShouldContain("valid for 825 days");
        string folder = Path.Combine("certs", "worker-1");
        node.Output.ShouldContain($"disttrain worker --head HEAD:7300 --certs {folder}");
        node.Output.ShouldNotContain("disttrain head");
        Files(folder).ShouldBe(["ca.crt", "node.crt", "node.key"]);
    }

    [Fact]
    public void Folders_can_be_chosen()
    {
        Run("certs", "init", "secret").Output.ShouldContain("--ca secret");
        Run("certs", "node", "head", "--ca", "secret", "--out", "for-head", "--days", "30")
            .Output.ShouldContain("--listen 0.0.0.0:7300 --certs for-head");
        Files("for-head").ShouldBe(["ca.crt", "node.crt", "node.key"]);
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void Keys_are_their_owners_alone()
    {
        Skip.If(OperatingSystem.IsWindows(), "no such bits");
        Run("certs", "init");
        Run("certs", "node", "head");
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.GetUnixFileMode(At("certs/ca.key")).ShouldBe(Owner);
        File.GetUnixFileMode(At("certs/head/node.key")).ShouldBe(Owner);
    }

    [Fact]
    public void What_is_there_is_not_overwritten()
    {
        Run("certs", "init");
        byte[] key = File.ReadAllBytes(At("certs/ca.key"));
        var again = Run("certs", "init");
        again.ExitCode.ShouldBe(2);
        again.Error.ShouldContain("is there already");
        again.Output.ShouldBeEmpty();
        File.ReadAllBytes(At("certs/ca.key")).ShouldBe(key);
        Run("certs", "node", "head").ExitCode.ShouldBe(0);
        var node = Run("certs", "node", "head");
        node.ExitCode.ShouldBe(2);
        node.Error.ShouldContain("--out");
    }

    [Fact]
    public void Every_problem_is_told_at_once_and_nothing_is_written()
    {
        var result = Run("certs", "node", "he ad", "--hosts", "a:80,*.lan", "--roles",
            "wroker", "--days", "soon", "--ca", "nowhere");
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        foreach (string part in (string[])["NAME: ", "leave the port out: a", "*.lan",
            "did you mean 'worker'?", "--days: \"soon\"", "disttrain certs init nowhere"])
        {
            result.Error.ShouldContain(part);
        }
        Directory.EnumerateFileSystemEntries(Folder).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("init a b")]
    [InlineData("node")]
    [InlineData("node a --days")]
    public void Bad_usage_exits_2(string arguments) =>
        Run(["certs", .. arguments.Split(' ')]).ExitCode.ShouldBe(2);

    private string[] Files(string folder) =>
        [.. Directory.EnumerateFiles(At(folder)).Select(f => Path.GetFileName(f)).Order()];
}
