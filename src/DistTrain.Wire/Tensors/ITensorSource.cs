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

/// <summary>A tensor's elements as bytes: 1 or more elements.</summary>
public readonly record struct TensorPayload(TensorEncoding Encoding, ReadOnlyMemory<byte> Bytes);
