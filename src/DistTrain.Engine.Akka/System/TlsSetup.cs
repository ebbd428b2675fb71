using Akka.Actor.Setup;
using Akka.Configuration;
#if AKKA_TLS
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
#endif

namespace DistTrain.Engine.Akka;

/// <summary>
/// Mutual TLS for Akka.Remote: each end shows its certificate and judges the other's by
/// <see cref="PeerCertificate"/>. The transport (DotNetty 0.7) offers TLS 1.0 to 1.2 and takes the
/// highest that both systems' OpenSSL or SChannel allow; 1.3 cannot be had with it.
/// </summary>
internal static class TlsSetup
{
    private const string Off = "akka.remote.dot-netty.tcp.enable-ssl = off";

#if AKKA_TLS
    // What a user's file may say of certificates has no say.
    private const string On = """
        akka.remote.dot-netty.tcp {
          enable-ssl = on
          ssl {
            certificate {
              path = ""
              thumbprint = ""
              use-thumbprint-over-file = off
              use-thumprint-over-file = off
            }
            suppress-validation = off
            require-mutual-authentication = on
            validate-certificate-hostname = on
          }
        }
        """;
#endif

    /// <summary>What an actor system needs for it; the settings go over all others.</summary>
    /// <returns>No setup without certificates.</returns>
    /// <exception cref="NodeException">This build's Akka.Remote is too old for it.</exception>
    public static (Setup? Setup, Config Config) Of(AkkaSecurity security)
    {
        ArgumentNullException.ThrowIfNull(security);
        if (security is not { Node: { } node, Authority: { } authority })
        {
            return (null, ConfigurationFactory.ParseString(Off));
        }
#if AKKA_TLS
        if (!node.HasPrivateKey)
        {
            throw new NodeException("the node's certificate came without its key");
        }
        var peers = new PeerCertificate(authority);
        var refusals = new RefusalLog(
            () => TimeSpan.FromMilliseconds(Environment.TickCount64));
        var setup = new DotNettySslSetup(
            node, suppressValidation: false, requireMutualAuthentication: true,
            validateCertificateHostname: true,
            (certificate, _, peer, errors, log) =>
            {
                string? why = peers.Check(certificate, errors);
                if (why is not null && refusals.IsNews(why))
                {
                    // An error, so that it is in the node's log: warnings of Akka's are not.
                    log.Error("{0} was not let in: {1}", peer, why);
                }
                return why is null;
            });
        return (setup, ConfigurationFactory.ParseString(On));
#else
        throw new NodeException(
            "this program was built with an Akka.Remote older than 1.5.55, which does not check "
            + "who connects (CVE-2025-61778): build it with -p:AkkaVersion=1.5.55 or newer, or "
            + "listen on 127.0.0.1 without certificates");
#endif
    }
}
