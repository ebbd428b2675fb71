using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;

namespace DistTrain.Benchmarks.Wire.Akka;

/// <summary>One end of the bare actors: a system with Akka's own settings on a port of this
/// machine, and one actor.</summary>
internal sealed class BareActorNode : IDisposable
{
    private const string Name = "bare";
    private const string Settings = """
        akka {
          loglevel = WARNING
          loggers = []
          stdout-loglevel = OFF
          actor.provider = remote
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
        }
        """;

    /// <summary>Akka drops what it cannot send.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ActorSystem _system;
    private readonly SemaphoreSlim _answers = new(0);
    private readonly IActorRef _actor;
    private long _streamedBytes;

    private BareActorNode(Func<BareActorNode, ActorSystem, IActorRef> start)
    {
        _system = ActorSystem.Create(Name, ConfigurationFactory.ParseString(Settings));
        _actor = start(this, _system);
    }

    public int Port => ((ExtendedActorSystem)_system).Provider.DefaultAddress.Port!.Value;

    public static BareActorNode ThatAnswers() => new((_, system) =>
        system.ActorOf(Props.Create(() => new AnsweringActor()), Name));

    public static BareActorNode ThatAsks(int port) => new((node, system) =>
    {
        ActorSelection there = system.ActorSelection(
            $"akka.tcp://{Name}@127.0.0.1:{port}/user/{Name}");
        return system.ActorOf(Props.Create(() => new AskingActor(there, node)), Name);
    });

    public WireTimes Measure(int turns, Func<double> turn, bool streams)
    {
        if (streams)
            _actor.Tell(AskingActor.Stream);
        long start = Stopwatch.GetTimestamp();
        WireTimes times = WireTimes.Of(turns, turn);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return streams
            ? times with
            {
                StreamedMegabytesPerSecond = Interlocked.Read(ref _streamedBytes) / 1e6 / seconds,
            }
            : times;
    }

    /// <summary>A small message there and back.</summary>
    public void AskSmall() => AskLarge(bytes: 0);

    /// <summary>So many bytes there in pieces, and an answer; 0: a small message.</summary>
    public void AskLarge(int bytes)
    {
        _actor.Tell(bytes);
        if (!_answers.Wait(Patience))
            throw new TimeoutException($"no answer in {Patience.TotalSeconds:0} s");
    }

    public void BeAnswered() => _answers.Release();

    public void Streamed(long bytes) => Interlocked.Add(ref _streamedBytes, bytes);

    public void Dispose()
    {
        _system.Terminate().Wait();
        _system.Dispose();
        _answers.Dispose();
    }
}
