using System.Buffers;
using System.Security.Cryptography;

namespace DistTrain.Engine.Akka;

/// <summary>The memory of a lane between nodes of one machine, at its receiving end: the sender is
/// told its name.</summary>
internal sealed class LaneMemory : IDisposable
{
    private const int Rings = 1;

    private readonly byte[] _name;
    private readonly SharedSegment _segment;

    private LaneMemory(byte[] name, SharedSegment segment)
    {
        _name = name;
        _segment = segment;
    }

    /// <summary>In hexadecimal.</summary>
    public string Name => Convert.ToHexStringLower(_name);

    public SharedRing Ring => _segment.Rings[0];

    /// <returns>Null where the system has none.</returns>
    public static LaneMemory? TryCreate()
    {
        byte[] name = RandomNumberGenerator.GetBytes(SharedSegment.NameBytes);
        return SharedSegment.TryCreate(name, Rings) is { } segment
            ? new LaneMemory(name, segment)
            : null;
    }

    /// <summary>By the sender; then nobody needs the name any more.</summary>
    /// <returns>Null if it has no such memory, or the name is none.</returns>
    public static SharedSegment? TryOpen(string name)
    {
        Span<byte> bytes = stackalloc byte[SharedSegment.NameBytes];
        if (Convert.FromHexString(name, bytes, out int taken, out int written)
            != OperationStatus.Done || taken != name.Length || written != bytes.Length)
        {
            return null;
        }

        SharedSegment? segment = SharedSegment.TryOpen(bytes, Rings);
        SharedSegment.Forget(bytes);
        return segment;
    }

    public void Dispose()
    {
        SharedSegment.Forget(_name);
        _segment.Dispose();
    }
}
