using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport.DotNetty;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>An actor system that others can reach over TLS, with an actor that answers.</summary>
internal sealed class TlsNode : IDisposable
{
    // Only for what does not come: nothing here takes a second.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ActorSystem _system;
    private readonly Inbox _failures;

    private TlsNode(Setup? setup, Config own)
    {
        Config config = own.WithFallback(ConfigurationFactory.ParseString("""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              actor.provider = remote
              remote.log-remote-lifecycle-events = off
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            }
            """));
        var all = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config));
        _system = ActorSystem.Create(
            AkkaSettings.SystemName, setup is null ? all : all.And(setup));
        _system.ActorOf(Props.Create<Answerer>(), "answerer");
        _failures = Inbox.Create(_system);
        _system.EventStream.Subscribe(_failures.Receiver, typeof(AssociationErrorEvent));
    }

    /// <summary>As the engine sets one up.</summary>
    public static TlsNode Of(AkkaSecurity security, string otherSettings = "")
    {
        (Setup? setup, Config config) = TlsSetup.Of(security);
        return new TlsNode(
            setup, config.WithFallback(ConfigurationFactory.ParseString(otherSettings)));
    }

    /// <summary>Shows a certificate and believes everybody.</summary>
    public static TlsNode Rogue(X509Certificate2 certificate, AkkaSecurity like) => new(
        new DotNettySslSetup(certificate, true, true, (_, _, _, _, _) => true),
        TlsSetup.Of(like).Config);

    public Address Address =>
        ((ExtendedActorSystem)_system).Provider.DefaultAddress;

    /// <returns>Whether an actor over there answers; no, when the transport says why or nothing
    /// comes.</returns>
    public Task<bool> Reaches(TlsNode other) => Reaches(other.Address);

    public async Task<bool> Reaches(Address there)
    {
        Task<string> answer = _system.ActorSelection($"{there}/user/answerer")
            .Ask<string>("hello", Patience);
        Task<object> failure = _failures.ReceiveAsync(Patience);
        Task first = await Task.WhenAny(answer, failure);
        if (first == failure)
        {
            (await failure).ShouldBeOfType<AssociationErrorEvent>();
            return false;
        }
        try
        {
            return await answer == "hello";
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }

    /// <summary>Begins; no test waits for the transport's seconds of silence.</summary>
    public void Dispose() => _system.Terminate();

    private sealed class Answerer : ReceiveActor
    {
        public Answerer() => Receive<string>(text => Sender.Tell(text));
    }
}
