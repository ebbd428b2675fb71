using DistTrain.Learning;
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
    /// <param name="length">How many.</param>
    /// <param name="inPage">Where in a page it begins, one of <see cref="UpdateStreams"/>; what
    /// others can map begins on one.</param>
    public TensorBlock Allocate(int length, int inPage) => new(
        _isShared && sizeof(float) * (long)length >= WireLimits.LeastLentBytes
            ? SharedTensor.TryCreate(length)
            : null,
        length, inPage);
}

/// <summary>Numbers that begin at a place in a page and may be over-read by one vector.</summary>
internal sealed class TensorBlock
{
    private readonly SharedTensor? _shared;
    private readonly int _inPage;

    /// <param name="shared">Where they are; null: in memory of their own.</param>
    /// <param name="length">How many.</param>
    /// <param name="inPage">Where their own memory begins in a page, bytes.</param>
    public TensorBlock(SharedTensor? shared, int length, int inPage)
    {
        _shared = shared;
        _inPage = inPage;
        Values = shared?.Memory ?? new AlignedBuffer<float>(length, inPage).Memory;
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
        return memory.Allocate(length, _inPage);
    }
}
