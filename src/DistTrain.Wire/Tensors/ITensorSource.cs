using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>
/// The engine's tensors, as the wire sends them: from where they stand, without a copy.
/// </summary>
public interface ITensorSource
{
    /// <summary>The tensor stays there, unchanged, until <see cref="Close"/>. Opened once for each
    /// message that carries it.</summary>
    TensorPayload Open(TensorHandle handle);

    /// <summary>Its last byte is sent, or never will be.</summary>
    void Close(TensorHandle handle);
}

/// <summary>A tensor as it is sent.</summary>
/// <param name="Encoding">How its elements stand there.</param>
/// <param name="Bytes">1 or more elements.</param>
/// <param name="Note">What goes with it from engine to engine, up to
/// <see cref="WireLimits.NoteBytes"/>; only a contribution has a field for it.</param>
/// <param name="Lender">Whose memory the bytes are, if others can map it; in binary32.</param>
/// <param name="Offset">Bytes before it in that memory.</param>
public readonly record struct TensorPayload(
    TensorEncoding Encoding, ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> Note = default,
    ITensorLender? Lender = null, long Offset = 0);
