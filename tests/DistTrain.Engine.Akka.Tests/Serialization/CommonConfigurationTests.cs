using Akka.Actor;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace DistTrain.Engine.Akka.Tests;

public sealed class CommonConfigurationTests
{
    [Fact]
    public void Actors_that_compute_have_a_thread_each()
    {
        using ActorSystem system = LoopbackNode.Start();
        Props props = Props.Create<ThreadTeller>().WithDispatcher("disttrain.compute-dispatcher");
        int[] threads = [.. Enumerable.Range(0, 3).Select(_ => ThreadOf(system.ActorOf(props)))];
        threads.ShouldBeUnique();
        threads.ShouldNotContain(0);
    }

    [Fact]
    public void Whatever_is_said_of_Akka_is_a_setting_that_Akka_has()
    {
        using ActorSystem system = ActorSystem.Create("defaults", """
            akka.actor.provider = remote
            akka.remote.dot-netty.tcp.port = 0
            akka.stdout-loglevel = OFF
            akka.loglevel = OFF
            """);
        Config defaults = system.Settings.Config;
        foreach (string path in Paths(LoopbackNode.Common().GetConfig("akka"), "akka"))
        {
            if (!path.Contains("disttrain", StringComparison.Ordinal)
                && !path.Contains("serialization-bindings", StringComparison.Ordinal))
            {
                defaults.HasPath(path).ShouldBeTrue(path);
            }
        }
    }

    private static int ThreadOf(IActorRef actor) =>
        actor.Ask<int>("thread", LoopbackNode.Patience).GetAwaiter().GetResult();

    private static IEnumerable<string> Paths(Config config, string prefix)
    {
        foreach (var (key, value) in config.Root.GetObject().Items)
        {
            string path = $"{prefix}.{(key.Contains('.') ? $"\"{key}\"" : key)}";
            IEnumerable<string> below = value.IsObject()
                ? Paths(new Config(new HoconRoot(value)), path)
                : [path];
            foreach (string found in below)
            {
                yield return found;
            }
        }
    }

    /// <summary>Answers with the number of its thread; 0: a shared one.</summary>
    private sealed class ThreadTeller : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(
            Thread.CurrentThread.IsThreadPoolThread ? 0 : Environment.CurrentManagedThreadId);
    }
}
