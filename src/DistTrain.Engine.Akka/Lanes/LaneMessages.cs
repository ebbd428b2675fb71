using Akka.Actor;

namespace DistTrain.Engine.Akka;

/// <summary>From the end of a lane that sends to the other node's office: receive from me.
/// </summary>
/// <param name="Lane">Which attempt of this sender: rises.</param>
internal sealed record OpenLane(long Lane) : ControlMessage;

/// <summary>From the end that will receive.</summary>
/// <param name="Lane">As asked.</param>
/// <param name="Memory">The name, in hexadecimal, of memory through which to send, if the sender
/// can map it; empty: there is none.</param>
internal sealed record LaneOpened(long Lane, string Memory = "") : ControlMessage;

/// <summary>
/// From the end that sends, at times. Akka.Remote keeps the order, but may lose what was under way
/// when a connection breaks and is made anew; the numbers show it.
/// </summary>
/// <param name="SentFrames">Frames sent so far.</param>
internal sealed record ProbeLane(long SentFrames) : ControlMessage;

/// <summary>Answers <see cref="ProbeLane"/>, behind all that was sent before it.</summary>
/// <param name="CreditedFrames">Frames acknowledged so far: all that came.</param>
/// <param name="SentFrames">Frames sent back so far.</param>
internal sealed record LaneProbed(long CreditedFrames, long SentFrames) : ControlMessage;

/// <summary>To the office of this node: the link has something to send for the first time.
/// </summary>
internal sealed record StartLane(LaneLink Link) : INoSerializationVerificationNeeded;

/// <summary>To the office of this node: nothing goes to that node, or comes from it, any more.
/// </summary>
internal sealed record ForgetNode(Address Node) : INoSerializationVerificationNeeded;

/// <summary>To the sending end of a lane: there may be something to send.</summary>
internal sealed class PumpLane : INoSerializationVerificationNeeded
{
    public static PumpLane Instance { get; } = new();
}
