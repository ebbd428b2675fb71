using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;

namespace DistTrain.Engine.Akka.Tests;

public sealed class TlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new();

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Nodes_of_one_authority_talk()
    {
        using TlsNode head = TlsNode.Of(_authority.Node(role: "head"));
        using TlsNode worker = TlsNode.Of(_authority.Node());
        (await worker.Reaches(head)).ShouldBeTrue();
        (await head.Reaches(worker)).ShouldBeTrue();
    }

    public static TheoryData<string> Impostors =>
        ["another authority", "expired", "no node", "self-signed"];

    [Theory]
    [MemberData(nameof(Impostors))]
    public async Task An_impostor_is_refused_when_it_dials(string kind)
    {
        AkkaSecurity security = _authority.Node();
        using TlsNode node = TlsNode.Of(security);
        using TlsNode impostor = TlsNode.Rogue(Impostor(kind), security);
        (await impostor.Reaches(node)).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Impostors))]
    public async Task An_impostor_is_refused_when_it_is_dialled(string kind)
    {
        AkkaSecurity security = _authority.Node();
        using TlsNode node = TlsNode.Of(security);
        using TlsNode impostor = TlsNode.Rogue(Impostor(kind), security);
        (await node.Reaches(impostor)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_node_must_be_at_the_name_that_was_dialled()
    {
        AkkaSecurity security = _authority.Node();
        using TlsNode node = TlsNode.Of(security);
        using TlsNode elsewhere = TlsNode.Rogue(_authority.OfElsewhere(), security);
        (await node.Reaches(elsewhere)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_tests_impostor_with_a_good_certificate_is_let_in()
    {
        AkkaSecurity security = _authority.Node();
        using TlsNode node = TlsNode.Of(security);
        using TlsNode good = TlsNode.Rogue(_authority.Good(), security);
        (await good.Reaches(node)).ShouldBeTrue();
        using TlsNode another = TlsNode.Of(security);
        (await another.Reaches(good)).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_shows_no_certificate_is_refused()
    {
        using TlsNode node = TlsNode.Of(_authority.Node());
        (await IsHungUpOn(node, null)).ShouldBeTrue();
        // The same client with a certificate is heard: it is that which was missing.
        (await IsHungUpOn(node, _authority.Good())).ShouldBeFalse();
    }

    [Fact]
    public async Task Who_speaks_no_TLS_is_refused()
    {
        // Each waits for the other to begin as it expects.
        const string Impatient = "akka.remote.dot-netty.tcp.connection-timeout = 2 s";
        using TlsNode node = TlsNode.Of(_authority.Node(), Impatient);
        using TlsNode plain = TlsNode.Of(AkkaSecurity.LoopbackOnly, Impatient);
        plain.Address.Protocol.ShouldBe("akka.tcp");
        (await plain.Reaches(node.Address.WithProtocol("akka.tcp"))).ShouldBeFalse();
        (await node.Reaches(plain.Address.WithProtocol(node.Address.Protocol))).ShouldBeFalse();
    }

    [Fact]
    public void A_certificate_without_its_key_is_told_at_once()
    {
        using X509Certificate2 good = _authority.Good();
        using var bare = X509CertificateLoader.LoadCertificate(good.Export(X509ContentType.Cert));
        Should.Throw<NodeException>(() => TlsSetup.Of(AkkaSecurity.MutualTls(bare, bare)))
            .Message.ShouldContain("key");
    }

    [Theory]
    [InlineData("another authority", "is not of this cluster's CA")]
    [InlineData("self-signed", "is not of this cluster's CA")]
    [InlineData("expired", "and not now")]
    [InlineData("no node", "names no role")]
    public void The_reason_is_told(string kind, string reason)
    {
        var peers = new PeerCertificate(_authority.Node().Authority!);
        peers.Check(Impostor(kind), SslPolicyErrors.None).ShouldNotBeNull().ShouldContain(reason);
        peers.Check(null, SslPolicyErrors.None).ShouldBe("it has no certificate");
        // The platform does not know our authority; that is no reason.
        peers.Check(_authority.Good(), SslPolicyErrors.RemoteCertificateChainErrors).ShouldBeNull();
        peers.Check(_authority.Good(), SslPolicyErrors.RemoteCertificateNameMismatch)
            .ShouldNotBeNull().ShouldContain("--hosts");
    }

    private X509Certificate2 Impostor(string kind) => kind switch
    {
        "another authority" => _other.Good(),
        "expired" => _authority.Expired(),
        "no node" => _authority.OfNoNode(),
        _ => TestAuthority.SelfSigned(),
    };

    /// <summary>Dials as Akka's transport does, and waits whether anything but the end comes: a
    /// server that is content waits for us to speak.</summary>
    private static async Task<bool> IsHungUpOn(TlsNode node, X509Certificate2? certificate)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, node.Address.Port!.Value);
        using var tls = new SslStream(
            client.GetStream(), false, (_, shown, _, _) => shown is not null);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "127.0.0.1",
                EnabledSslProtocols = SslProtocols.Tls12,
                ClientCertificates = certificate is null ? [] : [certificate],
            });
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            return await tls.ReadAsync(new byte[1], limit.Token) == 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return true;
        }
    }
}
