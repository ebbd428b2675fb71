using System.Net;
using System.Security.Cryptography.X509Certificates;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>What a node may start with.</summary>
public sealed class SecuritySetupTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("disttrain-token-");
    private readonly TestCertificates _certificates = new();

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _certificates.Dispose();
    }

    [Theory]
    [InlineData("0.0.0.0", false)]
    [InlineData("192.168.1.5", false)]
    [InlineData("::", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("::1", true)]
    public void Only_loopback_is_listened_on_or_dialled_without_certificates(
        string address, bool isAllowed)
    {
        var at = new IPEndPoint(IPAddress.Parse(address), 7300);
        LinkSecurity token = LinkSecurity.FromToken(RunToken.Create());
        _certificates.Security().CheckListening(at);
        _certificates.Security().CheckDialling("there", at.Address);
        if (isAllowed)
        {
            token.CheckListening(at);
            token.CheckDialling("there", at.Address);
            return;
        }

        string why = Should.Throw<SecuritySetupException>(() => token.CheckListening(at)).Message;
        why.ShouldContain("disttrain certs init");
        why.ShouldContain("--certs DIR");
        Should.Throw<SecuritySetupException>(() => token.CheckDialling("there", at.Address))
            .Message.ShouldContain("disttrain certs node");
        Should.Throw<SecuritySetupException>(() => new LinkListener(
            at, token, new RecordingHandler(), LinkOptions.Default, _ => { }));
    }

    [Fact]
    public void A_token_is_written_for_its_owner_alone_and_read_again()
    {
        string path = Path.Combine(_folder.FullName, "token");
        RunToken token = RunToken.Create();
        token.Save(path);
        RunToken.Load(path).ToHex().ShouldBe(token.ToHex());
        token.ToHex().Length.ShouldBe(64);
        token.ToString().ShouldNotContain(token.ToHex());
        Should.Throw<IOException>(() => token.Save(path));
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Should.Throw<SecuritySetupException>(() => RunToken.Load(path))
            .Message.ShouldContain($"chmod 600 {path}");
    }

    [Fact]
    public void What_is_no_token_is_told()
    {
        string path = Path.Combine(_folder.FullName, "token");
        Should.Throw<SecuritySetupException>(() => RunToken.Load(path));
        using (FileStream file = PrivateFile.Create(path))
        {
            file.Write("00ff"u8);
        }

        Should.Throw<SecuritySetupException>(() => RunToken.Load(path))
            .Message.ShouldContain("64 hexadecimal digits");
    }

    [Fact]
    public void A_key_that_others_may_read_is_refused_with_what_to_do()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string folder = _certificates.Folder();
        string key = Path.Combine(folder, "node.key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Should.Throw<SecuritySetupException>(() => LinkSecurity.FromFolder(folder))
            .Message.ShouldContain($"chmod 600 {key}");
    }

    [Fact]
    public void What_is_missing_or_damaged_in_a_folder_is_told()
    {
        string folder = _certificates.Folder();
        File.WriteAllText(Path.Combine(folder, "node.crt"), "nothing");
        Should.Throw<SecuritySetupException>(() => LinkSecurity.FromFolder(folder))
            .Message.ShouldContain(folder);
        File.Delete(Path.Combine(folder, "node.crt"));
        Should.Throw<SecuritySetupException>(() => LinkSecurity.FromFolder(folder))
            .Message.ShouldContain("node.crt");
    }

    [Theory]
    [InlineData("disttrain head+ps+worker", NodeRoles.All)]
    [InlineData("disttrain worker", NodeRoles.Worker)]
    [InlineData("disttrain ps+head", NodeRoles.Head | NodeRoles.ParameterServer)]
    [InlineData("disttrain", NodeRoles.None)]
    [InlineData("disttrain king", NodeRoles.None)]
    [InlineData("disttrain worker+king", NodeRoles.None)]
    [InlineData("worker", NodeRoles.None)]
    internal void Roles_stand_in_the_subject(string unit, NodeRoles roles)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(
            Path.Combine(_certificates.Folder(unit), CertificateFiles.NodeCertificate));
        PeerCertificate.Identity(certificate).Roles.ShouldBe(roles);
    }

    [Fact]
    public void A_role_allows_what_it_is_and_sends()
    {
        NodeRoles.Worker.Allows(NodeKind.Worker).ShouldBeTrue();
        NodeRoles.Worker.Allows(NodeKind.Head).ShouldBeFalse();
        NodeRoles.Head.Allows(NodeKind.ParameterServer).ShouldBeFalse();
        NodeRoles.Worker.Allows(NodeKind.Probe).ShouldBeTrue();
        NodeRoles.Worker.MaySend(Role.Coordinator).ShouldBeFalse();
        NodeRoles.Worker.MaySend(Role.Node).ShouldBeTrue();
        NodeRoles.Head.MaySend(Role.ParameterServer).ShouldBeTrue();
        NodeRoles.ParameterServer.MaySend(Role.Worker).ShouldBeFalse();
    }
}
