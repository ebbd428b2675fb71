using DistTrain.Learning;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>A checkpoint's file that comes in pieces, in order.</summary>
internal sealed class IncomingFile
{
    // Beside the numbers: recipe, history, hashes.
    private const long MostTextBytes = 64 << 20;

    private readonly byte[] _bytes;
    private int _received;

    private IncomingFile(long version, int bytes)
    {
        Version = version;
        _bytes = new byte[bytes];
    }

    public long Version { get; }

    public bool IsWhole => _received == _bytes.Length;

    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <returns>Null if a checkpoint of this task cannot be so large.</returns>
    public static IncomingFile? TryBegin(CheckpointPart first, TrainingTask task)
    {
        // Parameters, best parameters and two moments.
        long most = Math.Min(
            (4L * sizeof(float) * task.Layout.Count) + MostTextBytes, Array.MaxLength);
        return first.TotalBytes > 0 && first.TotalBytes <= most
            ? new IncomingFile(first.Version, (int)first.TotalBytes)
            : null;
    }

    /// <returns>False if it is not the next piece.</returns>
    public bool TryAdd(CheckpointPart part, ReadOnlySpan<byte> bytes)
    {
        bool isNext = part.Version == Version && part.Offset == _received
            && bytes.Length <= _bytes.Length - _received;
        if (isNext)
        {
            bytes.CopyTo(_bytes.AsSpan(_received));
            _received += bytes.Length;
        }

        return isNext;
    }
}
