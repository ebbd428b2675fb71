using DistTrain.Numerics;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>Where a node's tensors are made: in memory that processes of the same machine can map,
/// if the node may meet any, and there is such memory.</summary>
internal sealed class TensorMemory
{
    private readonly bool _isShared;

    private TensorMemory(bool isShared) => _isShared = isShared;

    /// <summary>Nobody else's.</summary>
    public static TensorMemory Own { get; } = new(isShared: false);

    /// <summary>Others can map it.</summary>
    public static TensorMemory Shared { get; } = new(isShared: true);

    /// <summary>Room for so many numbers, all zero.</summary>
    public TensorBlock Allocate(int length) => new(
        _isShared && sizeof(float) * (long)length >= WireLimits.LeastLentBytes
            ? SharedTensor.TryCreate(length)
            : null,
        length);
}

/// <summary>Numbers that begin on a page and may be over-read by one vector.</summary>
internal sealed class TensorBlock
{
    private readonly SharedTensor? _shared;

    /// <param name="shared">Where they are; null: in memory of their own.</param>
    /// <param name="length">How many.</param>
    public TensorBlock(SharedTensor? shared, int length)
    {
        _shared = shared;
        Values = shared?.Memory ?? new AlignedBuffer<float>(length, inPage: 0).Memory;
        Bytes = new ByteView<float>(Values).Memory;
    }

    public Memory<float> Values { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Null: its bytes have to be sent.</summary>
    public ITensorLender? Lender => _shared;

    /// <summary>No other process reads them.</summary>
    public bool IsHome => _shared?.IsHome != false;

    /// <summary>They may never be written again: another block has to take their place.</summary>
    public bool IsLost => _shared?.IsLost == true;

    /// <summary>What is to be written instead of a lost one.</summary>
    public TensorBlock Successor(TensorMemory memory)
    {
        int length = Values.Length;
        _shared?.Retire();
        return memory.Allocate(length);
    }
}
