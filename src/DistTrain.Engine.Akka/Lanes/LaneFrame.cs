namespace DistTrain.Engine.Akka;

/// <summary>Bytes of a lane, either way: whole frames of the wire, in their order.</summary>
/// <param name="Bytes">Never changed once they are here.</param>
internal sealed record LaneFrame(byte[] Bytes);

/// <summary>To the end that receives: whole frames of the wire are in the memory that both ends
/// share, behind those told before.</summary>
/// <param name="Bytes">Of all of them.</param>
internal sealed record LaneShared(int Bytes);

/// <summary>From the end that receives: so many frames more have been taken in.</summary>
/// <param name="Frames">Of <see cref="LaneFrame"/> and <see cref="LaneShared"/>; 1 or more.
/// </param>
internal sealed record LaneCredit(int Frames);
