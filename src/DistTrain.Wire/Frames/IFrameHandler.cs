namespace DistTrain.Wire;

/// <summary>What a <see cref="FrameReader"/> finds, in order. A header is seen before its payload
/// is received or room is made for it.</summary>
internal interface IFrameHandler
{
    void OnConnectionHeader(ReadOnlySpan<byte> header);

    /// <exception cref="WireException">This message may not come.</exception>
    void CheckMessage(FrameHeader header);

    void OnMessage(FrameHeader header, ReadOnlySpan<byte> payload);

    /// <exception cref="WireException">This place may not come.</exception>
    void CheckPlace(FrameHeader header);

    void OnPlace(FrameHeader header, ReadOnlySpan<byte> payload);

    /// <summary>Room for the payload; empty: it is dropped.</summary>
    /// <exception cref="WireException">This chunk may not come.</exception>
    Memory<byte> RoomFor(FrameHeader header);

    /// <summary>The payload is there.</summary>
    void OnChunk(FrameHeader header);

    /// <summary>A frame without payload.</summary>
    void OnSignal(FrameHeader header);
}
