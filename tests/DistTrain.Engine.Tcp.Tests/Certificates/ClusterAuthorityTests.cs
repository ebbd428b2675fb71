using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Tcp.Tests;

public sealed class ClusterAuthorityTests : CertificateScratch
{
    [Fact]
    public void The_authority_may_sign_nodes_and_nothing_else()
    {
        CreateAuthority();
        using var authority = Certificate(At("ca"), "ca.crt");
        authority.Subject.ShouldMatch("^CN=DistTrain cluster CA [0-9a-f]{8}$");
        var basic = authority.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        (basic.Critical, basic.CertificateAuthority, basic.HasPathLengthConstraint,
            basic.PathLengthConstraint).ShouldBe((true, true, true, 0));
        authority.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages
            .ShouldBe(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign);
        authority.NotAfter.ToUniversalTime().Year.ShouldBe(Now.Year + 10);
    }

    [Fact]
    public void A_node_carries_its_name_roles_and_hosts()
    {
        CreateAuthority();
        string folder = CreateNode(new NodeRequest
        {
            Name = "worker-1",
            Hosts = ["gpu.lan", "10.0.0.7", "::1", "GPU.lan"],
            Roles = ["worker"],
        });
        using var node = Certificate(folder);
        node.Subject.ShouldBe("CN=worker-1, OU=disttrain worker");
        NodeSubject.Read(node).ShouldBe(new NodeSubject("worker-1", CertificateRoles.Worker));
        var names = node.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        names.EnumerateDnsNames().ShouldBe(["worker-1", "gpu.lan"]);
        names.EnumerateIPAddresses().Select(a => a.ToString()).ShouldBe(["10.0.0.7", "::1"]);
        CertificateChecks.ServesBothWays(node).ShouldBeTrue();
        CertificateChecks.IsAuthority(node).ShouldBeFalse();
    }

    [Fact]
    public void Without_roles_given_a_node_may_be_anything()
    {
        CreateAuthority();
        using var node = Certificate(CreateNode(new NodeRequest { Name = "a" }));
        node.SubjectName.Format(multiLine: false).ShouldContain("disttrain head+ps+worker");
        NodeSubject.Read(node)!.Roles.ShouldBe(CertificateRoles.All);
    }

    [Fact]
    public void Clocks_may_differ_by_an_hour_and_no_node_outlives_its_authority()
    {
        CreateAuthority(when: Now.AddYears(-9));
        using var node = Certificate(CreateNode(
            new NodeRequest { Name = "a", Days = NodeRequest.MaxDays }));
        using var authority = Certificate(At("ca"), "ca.crt");
        (Now - node.NotBefore).TotalMinutes.ShouldBeInRange(59, 61);
        node.NotAfter.ShouldBe(authority.NotAfter);
    }

    [Fact]
    public void Two_nodes_have_different_serial_numbers_of_up_to_128_bits()
    {
        CreateAuthority();
        using var one = Certificate(CreateNode(new NodeRequest { Name = "a" }));
        using var two = Certificate(CreateNode(new NodeRequest { Name = "b" }));
        one.SerialNumber.ShouldNotBe(two.SerialNumber);
        // 128 random bits of which the first 32 are zero: once in four billion runs.
        one.SerialNumberBytes.Length.ShouldBeInRange(13, 17);
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void Keys_are_their_owners_alone()
    {
        Skip.If(OperatingSystem.IsWindows(), "no such bits");
        CreateAuthority();
        string node = CreateNode(new NodeRequest { Name = "a" });
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.GetUnixFileMode(At("ca/ca.key")).ShouldBe(Owner);
        File.GetUnixFileMode(Path.Combine(node, "node.key")).ShouldBe(Owner);
        new DirectoryInfo(At("ca")).UnixFileMode.ShouldBe(Owner | UnixFileMode.UserExecute);
        new DirectoryInfo(node).UnixFileMode.ShouldBe(Owner | UnixFileMode.UserExecute);
        Directory.EnumerateFiles(node).Select(Path.GetFileName).Order()
            .ShouldBe(["ca.crt", "node.crt", "node.key"]);
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        CreateAuthority();
        byte[] key = File.ReadAllBytes(At("ca/ca.key"));
        Should.Throw<CertificateException>(() => CreateAuthority())
            .Problems.ShouldHaveSingleItem().Message.ShouldBe("is there already");
        File.ReadAllBytes(At("ca/ca.key")).ShouldBe(key);

        string node = CreateNode(new NodeRequest { Name = "a" });
        byte[] certificate = File.ReadAllBytes(Path.Combine(node, "node.crt"));
        Should.Throw<CertificateException>(() => CreateNode(new NodeRequest { Name = "a" }))
            .Problems.ShouldHaveSingleItem().Hint.ShouldContain("--out");
        File.ReadAllBytes(Path.Combine(node, "node.crt")).ShouldBe(certificate);
    }

    [Fact]
    public void What_cannot_be_finished_is_not_begun()
    {
        // The second file's name is taken by a folder: the first must not stay.
        Directory.CreateDirectory(At("f/second"));
        var files = new NewFiles(At("f"));
        files.Add("first", "1", isSecret: true);
        files.Add("second", "2");
        Should.Throw<IOException>(files.Write);
        Directory.EnumerateFileSystemEntries(At("f")).Select(Path.GetFileName)
            .ShouldBe(["second"]);
    }

    [Theory]
    [InlineData("", "NAME")]
    [InlineData("../up", "NAME")]
    [InlineData("-x", "NAME")]
    [InlineData("a/b", "NAME")]
    [InlineData("a,OU=disttrain head", "NAME")]
    public void A_name_that_is_no_name_is_refused(string name, string key) =>
        new NodeRequest { Name = name }.Problems().ShouldHaveSingleItem().Key.ShouldBe(key);

    [Theory]
    [InlineData("10.1", "neither")]
    [InlineData("1", "neither")]
    [InlineData("a_b", "neither")]
    [InlineData("*.lan", "patterns")]
    [InlineData("head:7300", "leave the port out: head")]
    [InlineData("[::1]:7300", "leave the port out: ::1")]
    [InlineData("fe80::1%eth0", "neither")]
    [InlineData("0.0.0.0", "reached")]
    [InlineData("::", "reached")]
    [InlineData("", "neither")]
    public void A_host_that_nobody_can_dial_is_refused(string host, string says)
    {
        var problem = new NodeRequest { Name = "a", Hosts = [host] }.Problems()
            .ShouldHaveSingleItem();
        $"{problem.Message} {problem.Hint}".ShouldContain(says);
    }

    [Fact]
    public void Every_problem_is_told_at_once()
    {
        CreateAuthority();
        using var authority = ClusterAuthority.Load(At("ca"), Now);
        var request = new NodeRequest
        {
            Name = "a b",
            Hosts = ["x y", "10.0.0.256"],
            Roles = ["wroker", "ps"],
            Days = 0,
        };
        var problems = Should.Throw<CertificateException>(
            () => authority.Issue(request, At("ca"), Now)).Problems;
        problems.Select(p => p.Key).ShouldBe(
            ["NAME", "--hosts", "--hosts", "--roles", "--days", At("ca/ca.crt")]);
        problems.ShouldAllBe(p => p.Hint.Length > 0);
        problems[3].Hint.ShouldBe("did you mean 'worker'?");
        Directory.EnumerateFiles(At("ca")).Count().ShouldBe(2);
    }

    [Fact]
    public void A_node_that_must_be_dialled_needs_a_name_that_can_be()
    {
        new NodeRequest { Name = "head_1", Roles = ["head"] }.Problems()
            .ShouldHaveSingleItem().Key.ShouldBe("--hosts");
        new NodeRequest { Name = "head_1", Roles = ["head"], Hosts = ["10.0.0.1"] }.Problems()
            .ShouldBeEmpty();
        new NodeRequest { Name = "worker_1", Roles = ["worker"] }.Problems().ShouldBeEmpty();
    }

    [Fact]
    public void A_missing_damaged_expired_or_foreign_authority_signs_nothing()
    {
        Refusal("nowhere").ShouldContain("certs init");
        CreateAuthority("old", Now.AddYears(-11));
        Refusal("old").ShouldContain("expired");
        CreateAuthority("one");
        CreateAuthority("two");
        File.Copy(At("one/ca.crt"), At("two/ca.crt"), overwrite: true);
        Refusal("two").ShouldContain("does not belong");
        File.WriteAllText(At("one/ca.crt"), "-----BEGIN CERTIFICATE-----\nAAAA\n");
        Refusal("one").ShouldContain("holds no certificate");
        File.WriteAllBytes(At("one/ca.crt"), new byte[CertificateFiles.MaxBytes + 1]);
        Refusal("one").ShouldContain("larger than any");
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void An_authority_whose_key_others_can_read_is_refused()
    {
        Skip.If(OperatingSystem.IsWindows(), "no such bits");
        CreateAuthority();
        File.SetUnixFileMode(At("ca/ca.key"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Refusal("ca").ShouldContain("chmod 600");
    }

    private string Refusal(string authority)
    {
        var problem = Should.Throw<CertificateException>(
            () => ClusterAuthority.Load(At(authority), Now)).Problems.ShouldHaveSingleItem();
        return $"{problem.Key}: {problem.Message}; {problem.Hint}";
    }
}
