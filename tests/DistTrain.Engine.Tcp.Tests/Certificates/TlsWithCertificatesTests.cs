using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistTrain.Engine.Tcp.Tests;

/// <summary>The certificates in what they are made for: TLS 1.3 on a real socket.</summary>
public sealed class TlsWithCertificatesTests : CertificateScratch
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly string _head;
    private readonly string _worker;

    public TlsWithCertificatesTests()
    {
        CreateAuthority();
        CreateAuthority("strangers");
        _head = CreateNode(new NodeRequest
        {
            Name = "head",
            Hosts = ["head.lan", "127.0.0.1"],
            Roles = ["head"],
        });
        _worker = CreateNode(new NodeRequest { Name = "worker_1", Roles = ["worker"] });
    }

    [Theory]
    [InlineData("head")]
    [InlineData("head.lan")]
    [InlineData("127.0.0.1")]
    public async Task Both_ends_believe_each_other(string dialled)
    {
        var (server, client) = await Handshake(_head, _worker, dialled);
        server.ShouldBe("worker_1 by Tls13");
        client.ShouldBe("head by Tls13");
    }

    [Fact]
    public async Task Another_name_than_the_dialled_one_is_not_believed()
    {
        var (_, client) = await Handshake(_head, _worker, "other.lan");
        client.ShouldStartWith("refused");
    }

    [Fact]
    public async Task A_server_of_another_cluster_is_not_believed()
    {
        string stranger = CreateNode(new NodeRequest { Name = "head" }, "strangers", "s");
        var (_, client) = await Handshake(stranger, _worker, "head");
        client.ShouldStartWith("refused");
    }

    [Fact]
    public async Task A_client_of_another_cluster_is_not_believed()
    {
        string stranger = CreateNode(new NodeRequest { Name = "worker-1" }, "strangers", "s");
        var (server, _) = await Handshake(_head, stranger, "head");
        server.ShouldStartWith("refused");
    }

    [Fact]
    public async Task An_expired_certificate_is_not_believed()
    {
        CreateAuthority("old", Now.AddDays(-3));
        string head = CreateNode(new NodeRequest { Name = "head" }, "old", "h");
        string worker = CreateNode(
            new NodeRequest { Name = "w", Days = 1 }, "old", "w", Now.AddDays(-2));
        var (server, _) = await Handshake(head, worker, "head");
        server.ShouldStartWith("refused");
    }

    /// <summary>What each end found: the other's name, or its refusal.</summary>
    private static async Task<(string Server, string Client)> Handshake(
        string serverFolder, string clientFolder, string dialled)
    {
        using var timeout = new CancellationTokenSource(Limit);
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        using var near = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndPoint!, timeout.Token);
        using var far = await listener.AcceptAsync(timeout.Token);
        var server = Serve(far, serverFolder, timeout.Token);
        var client = Dial(near, clientFolder, dialled, timeout.Token);
        return (await server, await client);
    }

    private static Task<string> Serve(Socket socket, string folder, CancellationToken stop) =>
        Talk(socket, folder, (stream, certificate) =>
            stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = true,
                EnabledSslProtocols = SslProtocols.Tls13,
                CertificateChainPolicy = Policy(folder, CertificateChecks.ClientUsage),
            }, stop), stop);

    private static Task<string> Dial(
        Socket socket, string folder, string dialled, CancellationToken stop) =>
        Talk(socket, folder, (stream, certificate) =>
            stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = dialled,
                ClientCertificates = [certificate],
                EnabledSslProtocols = SslProtocols.Tls13,
                CertificateChainPolicy = Policy(folder, CertificateChecks.ServerUsage),
            }, stop), stop);

    // In TLS 1.3 a client is done before the server has judged it: a byte each way tells.
    private static async Task<string> Talk(
        Socket socket, string folder, Func<SslStream, X509Certificate2, Task> authenticate,
        CancellationToken stop)
    {
        using var certificate = X509Certificate2.CreateFromPemFile(
            Path.Combine(folder, "node.crt"), Path.Combine(folder, "node.key"));
        await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
        try
        {
            await authenticate(stream, certificate);
            await stream.WriteAsync(new byte[1], stop);
            await stream.ReadExactlyAsync(new byte[1], stop);
            using var peer = new X509Certificate2(stream.RemoteCertificate!);
            return $"{NodeSubject.Read(peer)!.Name} by {stream.SslProtocol}";
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            socket.Shutdown(SocketShutdown.Both); // The other end must not wait.
            return $"refused: {e.Message}";
        }
    }

    private static X509ChainPolicy Policy(string folder, Oid usage)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(Certificate(folder, "ca.crt"));
        policy.ApplicationPolicy.Add(usage);
        return policy;
    }
}
