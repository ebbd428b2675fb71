using Akka.Actor;
using Akka.Event;

namespace DistTrain.Engine.Akka;

/// <summary>What Akka warns of, in the node's own log.</summary>
internal sealed class NodeLogger : ReceiveActor
{
    public NodeLogger(INodeLog log)
    {
        Receive<Error>(e =>
        {
            if (IsOfConnections(e))
            {
                log.Debug(Text(e));
            }
            else
            {
                log.Warning(Text(e));
            }
        });
        Receive<Warning>(e => log.Debug(Text(e)));
    }

    public static Props Props(INodeLog log) =>
        global::Akka.Actor.Props.Create(() => new NodeLogger(log));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(Error));
        Context.System.EventStream.Subscribe(Self, typeof(Warning));
    }

    /// <summary>A connection ended: every node that goes leaves such errors behind. What it means
    /// for the run is the cluster's to say.</summary>
    private static bool IsOfConnections(Error e) =>
        e.Cause?.GetType().Namespace?.StartsWith("Akka.Remote", StringComparison.Ordinal) == true;

    private static string Text(LogEvent e) => e.Cause is { } cause
        ? $"akka: {e.Message} ({cause.GetBaseException().Message})"
        : $"akka: {e.Message}";
}
