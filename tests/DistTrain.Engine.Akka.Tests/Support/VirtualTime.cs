using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Systems in which time passes when a test says so, and an actor hears what it is told
/// on the thread that tells it.</summary>
internal static class VirtualTime
{
    public static readonly TimeSpan Tick =
        TimeSpan.FromMilliseconds(ProtocolTicks.Milliseconds);

    // Remote, for an address that messages can name; nobody connects to it.
    public static Config Config { get; } = ConfigurationFactory.ParseString(
        """
        akka {
          actor {
            provider = remote
            default-dispatcher.type = ${calling-thread}
            internal-dispatcher.type = ${calling-thread}
          }
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
          scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
          loglevel = ERROR
          stdout-loglevel = OFF
        }
        disttrain.compute-dispatcher.type = ${calling-thread}
        calling-thread = "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit"
        """).WithFallback(LoopbackNode.Common());

    /// <summary>Lets ticks pass, one after the other: a periodic timer rings once at a time.
    /// </summary>
    public static void PassTicks(this TestKitBase kit, int ticks = 1)
    {
        var scheduler = (TestScheduler)kit.Sys.Scheduler;
        for (int i = 0; i < ticks; i++)
        {
            scheduler.Advance(Tick);
        }
    }
}
