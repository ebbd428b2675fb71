using Akka.Actor;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka;

/// <summary>Time, as the protocol's roles hear of it.</summary>
internal sealed record RoleTick
{
    private static readonly RoleTick Instance = new();

    private RoleTick()
    {
    }

    /// <summary>The actor hears a tick every <see cref="ProtocolTicks.Milliseconds"/> of the
    /// system's scheduler.</summary>
    public static void Start(ITimerScheduler timers)
    {
        var interval = TimeSpan.FromMilliseconds(ProtocolTicks.Milliseconds);
        timers.StartPeriodicTimer(Instance, Instance, interval, interval);
    }
}
