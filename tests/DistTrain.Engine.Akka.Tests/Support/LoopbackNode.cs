using Akka.Actor;
using Akka.Configuration;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Actor systems that talk over real sockets of this machine, with the configuration that
/// every node loads, but without a cluster.</summary>
internal static class LoopbackNode
{
    /// <summary>For whatever should come at once: only a broken test waits so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="port">0: any.</param>
    /// <param name="more">HOCON that goes before all other.</param>
    public static ActorSystem Start(int port = 0, string more = "")
    {
        Config config = ConfigurationFactory.ParseString($$"""
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = {{port}} }
            # What fails is shown by what the tests expect.
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            """);
        return ActorSystem.Create(
            "disttrain",
            ConfigurationFactory.ParseString(more).WithFallback(config).WithFallback(Common()));
    }

    public static Config Common() => ConfigurationFactory.ParseString(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "config", "akka.common.conf")));

    public static Address AddressOf(ActorSystem system) =>
        ((ExtendedActorSystem)system).Provider.DefaultAddress;
}
