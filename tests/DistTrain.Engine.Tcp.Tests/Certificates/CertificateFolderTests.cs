using System.Runtime.Versioning;

namespace DistTrain.Engine.Tcp.Tests;

public sealed class CertificateFolderTests : CertificateScratch
{
    private readonly string _node;

    public CertificateFolderTests()
    {
        CreateAuthority();
        _node = CreateNode(new NodeRequest { Name = "a", Roles = ["ps"], Hosts = ["10.0.0.9"] });
    }

    [Fact]
    public void A_good_folder_has_only_good_to_say()
    {
        var findings = CertificateFolder.Examine(_node, Now);
        findings.ShouldAllBe(f => f.Verdict == CertificateVerdict.Good && f.Fix.Length == 0);
        findings.Single(f => f.What == "node").Found
            .ShouldBe("a, may be ps, reached as a, 10.0.0.9");
        findings.ShouldContain(f => f.Found == "is valid for 825 days");
    }

    [Theory]
    [InlineData("ca.crt")]
    [InlineData("node.crt")]
    [InlineData("node.key")]
    public void A_missing_file_is_named(string name)
    {
        File.Delete(Path.Combine(_node, name));
        Worst(_node, Now).ShouldBe([(name, "is missing")]);
    }

    [Fact]
    public void A_missing_folder_is_named() =>
        Worst(At("none"), Now).ShouldBe([(At("none"), "there is no such folder")]);

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void A_key_that_others_can_read_is_found()
    {
        Skip.If(OperatingSystem.IsWindows(), "no such bits");
        string key = Path.Combine(_node, "node.key");
        File.SetUnixFileMode(key, File.GetUnixFileMode(key) | UnixFileMode.OtherRead);
        var finding = CertificateFolder.Examine(_node, Now)
            .Single(f => f.Verdict == CertificateVerdict.Bad);
        finding.Fix.ShouldBe($"chmod 600 {key}");
    }

    [Fact]
    public void A_key_of_another_node_is_found()
    {
        string other = CreateNode(new NodeRequest { Name = "b" });
        File.Copy(Path.Combine(other, "node.key"), Path.Combine(_node, "node.key"), true);
        Worst(_node, Now).ShouldBe([("node.key", "does not belong to node.crt")]);
    }

    [Fact]
    public void A_certificate_of_another_cluster_is_found()
    {
        CreateAuthority("other");
        File.Copy(At("other/ca.crt"), Path.Combine(_node, "ca.crt"), overwrite: true);
        Worst(_node, Now).ShouldBe([("node.crt", "is not signed by ca.crt")]);
    }

    [Theory]
    [InlineData(794, CertificateVerdict.Good)]
    [InlineData(796, CertificateVerdict.Note)]
    [InlineData(826, CertificateVerdict.Bad)]
    [InlineData(-1, CertificateVerdict.Bad)]
    public void The_end_is_foretold_30_days_before(int days, CertificateVerdict verdict) =>
        CertificateFolder.Examine(_node, Now.AddDays(days))
            .First(f => f.What == "node.crt").Verdict.ShouldBe(verdict);

    [Fact]
    public void The_authoritys_key_belongs_to_no_node()
    {
        File.Copy(At("ca/ca.key"), Path.Combine(_node, "ca.key"));
        Worst(_node, Now).ShouldHaveSingleItem().What.ShouldBe("ca.key");
        Worst(At("ca"), Now).ShouldContain(("ca.key", "this is the folder of the authority"));
    }

    [Fact]
    public void An_authority_is_no_node()
    {
        File.Copy(At("ca/ca.crt"), Path.Combine(_node, "node.crt"), overwrite: true);
        var found = Worst(_node, Now);
        found.ShouldContain(("node.crt", "is not for TLS servers and clients both"));
        found.ShouldContain(f => f.What == "node" && f.Found.Contains("names no node"));
    }

    private static (string What, string Found)[] Worst(string folder, DateTimeOffset now) =>
        [.. CertificateFolder.Examine(folder, now)
            .Where(f => f.Verdict == CertificateVerdict.Bad).Select(f => (f.What, f.Found))];
}
