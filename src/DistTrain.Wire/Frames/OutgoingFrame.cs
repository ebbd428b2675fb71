namespace DistTrain.Wire;

/// <summary>
/// What is to be written next: the head, then the body, as one write if the transport can gather.
/// Both stay as they are until the next frame is taken.
/// </summary>
public readonly record struct OutgoingFrame(ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Body);
