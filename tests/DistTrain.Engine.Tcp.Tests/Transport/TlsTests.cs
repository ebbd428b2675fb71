using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>Who is let in by mutual TLS, and who is not.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly RecordingHandler _client = new();

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public void Nodes_of_one_CA_meet_under_the_name_that_was_dialled(string host)
    {
        using var cluster = new TestCluster(security: _certificates.Security(host: host));
        cluster.Dial(_client, _certificates.Security("disttrain worker", "elsewhere"), host);
        Link client = _client.WaitForOpen();
        Link server = cluster.Server.WaitForOpen();
        client.Peer.ShouldBe(new PeerIdentity("tester", NodeRoles.All));
        server.Peer.ShouldBe(new PeerIdentity("tester", NodeRoles.Worker));
    }

    [Fact]
    public void A_server_with_a_certificate_for_another_name_is_not_talked_to() =>
        ServerIsRefused(_certificates.Security(host: "10.1.2.3"), "name that was dialled");

    [Fact]
    public void A_server_that_is_only_a_worker_is_not_talked_to() =>
        ServerIsRefused(_certificates.Security("disttrain worker"), "none of 'head+ps'");

    [Fact]
    public void A_server_whose_certificate_ran_out_is_not_talked_to() =>
        ServerIsRefused(_certificates.Security(daysLeft: -1), "is not valid now");

    [Fact]
    public void A_server_with_a_certificate_for_clients_is_not_talked_to() =>
        ServerIsRefused(
            _certificates.Security(use: CertificateChecks.ClientUsage.Value!), "is not");

    [Fact]
    public void A_server_of_another_CA_is_not_talked_to()
    {
        using var others = new TestCertificates();
        ServerIsRefused(others.Security(), "is not of this cluster's CA");
    }

    [Fact]
    public void A_client_whose_certificate_ran_out_is_not_let_in() =>
        ClientIsRefused(_certificates.Security(daysLeft: -1), "is not valid now");

    [Fact]
    public void A_client_without_any_role_is_not_let_in() =>
        ClientIsRefused(_certificates.Security("somebody else"), "none of 'head+ps+worker'");

    [Fact]
    public void A_client_with_a_certificate_for_servers_is_not_let_in() =>
        ClientIsRefused(
            _certificates.Security(use: CertificateChecks.ServerUsage.Value!), "is not");

    [Fact]
    public void A_client_of_another_CA_is_not_let_in()
    {
        // It trusts our server and shows a certificate that its own CA made.
        using var others = new TestCertificates();
        string folder = others.Folder();
        File.Copy(
            Path.Combine(_certificates.Folder(), "ca.crt"), Path.Combine(folder, "ca.crt"), true);
        ClientIsRefused(LinkSecurity.FromFolder(folder), "is not of this cluster's CA");
    }

    [Fact]
    public void A_client_without_a_certificate_is_not_let_in()
    {
        using var cluster = new TestCluster(security: _certificates.Security());
        using var stream = new NetworkStream(cluster.Knock());
        using var tls = new SslStream(stream, false, (_, shown, _, _) => shown is not null);
        tls.AuthenticateAsClient(
            new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls13 });
        Should.Throw<IOException>(() => tls.ReadExactly(new byte[8]));
        cluster.WaitForRefusal(RefusalCause.BadCertificate).ShouldContain("it has no certificate");
    }

    [Fact]
    public void An_older_TLS_is_not_spoken()
    {
        using var cluster = new TestCluster(security: _certificates.Security());
        using var stream = new NetworkStream(cluster.Knock());
        using var tls = new SslStream(stream, false, (_, shown, _, _) => shown is not null);
        Should.Throw<Exception>(() => tls.AuthenticateAsClient(
            new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 }));
        cluster.WaitForRefusal(RefusalCause.BadCertificate);
    }

    [Fact]
    public void Who_speaks_no_TLS_is_cut_off()
    {
        using var cluster = new TestCluster(security: _certificates.Security());
        cluster.Dial(_client, LinkSecurity.FromToken(RunToken.Create()));
        cluster.WaitForFailure();
        cluster.WaitForRefusal(RefusalCause.BadCertificate);
        cluster.Server.Rest().ShouldBeEmpty();
    }

    [Fact]
    public void A_node_that_says_it_is_what_its_certificate_does_not_allow_is_turned_away()
    {
        using var cluster = new TestCluster(security: _certificates.Security());
        cluster.Dial(
            _client, _certificates.Security("disttrain worker"), kind: NodeKind.ParameterServer);
        LinkEnd end = _client.WaitForEnd();
        end.Kind.ShouldBe(LinkEndKind.TurnedAway);
        end.Cause.ShouldBe(
            "'tester' is no ParameterServer: its certificate has the roles 'worker'");
        cluster.WaitForRefusal(RefusalCause.WrongRole);
        cluster.Server.Rest().ShouldBeEmpty();
    }

    private void ServerIsRefused(LinkSecurity security, string why)
    {
        using var cluster = new TestCluster(security: security);
        cluster.Dial(_client, _certificates.Security());
        cluster.WaitForFailure().ShouldContain(why);
        _client.Rest().Concat(cluster.Server.Rest()).ShouldBeEmpty();
    }

    private void ClientIsRefused(LinkSecurity security, string why)
    {
        using var cluster = new TestCluster(security: _certificates.Security());
        cluster.Dial(_client, security);
        cluster.WaitForRefusal(RefusalCause.BadCertificate).ShouldContain(why);
        cluster.Server.Rest().ShouldBeEmpty();
    }
}
