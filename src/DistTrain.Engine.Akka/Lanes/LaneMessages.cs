namespace DistTrain.Engine.Akka;

/// <summary>From the end of a lane that sends to the other node's office: receive from me.</summary>
/// <param name="Lane">Which attempt of this sender: rises.</param>
internal sealed record OpenLane(long Lane) : ControlMessage;

/// <summary>From the end that will receive.</summary>
/// <param name="Lane">As asked.</param>
internal sealed record LaneOpened(long Lane) : ControlMessage;

/// <summary>From the end that sends, at times: has all arrived?</summary>
/// <param name="Lane">As opened.</param>
internal sealed record ProbeLane(long Lane) : ControlMessage;

/// <summary>Answers <see cref="ProbeLane"/>, behind all that was sent before it. Akka.Remote keeps
/// the order but may lose what was under way when a connection breaks; these numbers show it.
/// </summary>
/// <param name="Lane">As opened.</param>
/// <param name="TakenFrames">Frames that came so far.</param>
/// <param name="SentFrames">Frames sent back so far.</param>
internal sealed record LaneProbed(long Lane, long TakenFrames, long SentFrames) : ControlMessage;
