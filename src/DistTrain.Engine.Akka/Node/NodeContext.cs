using Akka.Actor;

namespace DistTrain.Engine.Akka;

/// <summary>What the actors of a node have in common.</summary>
/// <param name="Options">As its user gave them.</param>
/// <param name="Inbox">What lanes bring.</param>
/// <param name="Links">To other nodes.</param>
/// <param name="Coordinator">The proxy of who leads.</param>
/// <param name="IsHead">It is a head too.</param>
internal sealed record NodeContext(
    AkkaNodeOptions Options, NodeInbox Inbox, NodeLinks Links, IActorRef Coordinator, bool IsHead)
{
    public INodeLog Log => Options.Log;

    /// <summary>Of this process.</summary>
    public Guid Id { get; } = Guid.NewGuid();
}
