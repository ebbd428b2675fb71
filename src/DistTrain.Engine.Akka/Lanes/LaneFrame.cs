namespace DistTrain.Engine.Akka;

/// <summary>Bytes of a lane, either way: whole frames of the wire, in their order.</summary>
/// <param name="Bytes">Never changed once they are here.</param>
internal sealed record LaneFrame(byte[] Bytes);

/// <summary>From the end that receives: so many frames more have been taken in.</summary>
/// <param name="Frames">1 or more.</param>
internal sealed record LaneCredit(int Frames);
