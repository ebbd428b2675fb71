using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>Sends a checkpoint's file to another head.</summary>
internal static class CheckpointSender
{
    private const int PieceBytes = 256 << 10;

    /// <summary>Queues all pieces; the lane sends them as the other head takes them.</summary>
    /// <param name="version">Of the checkpoint.</param>
    /// <param name="file">All of it; must not change.</param>
    /// <param name="to">The other head.</param>
    /// <param name="documents">Holds the pieces until they are sent.</param>
    public static void Send(
        long version, ReadOnlyMemory<byte> file, IMessageLink to, Documents documents)
    {
        for (int offset = 0; offset < file.Length; offset += PieceBytes)
        {
            ReadOnlyMemory<byte> bytes =
                file.Slice(offset, Math.Min(PieceBytes, file.Length - offset));
            TensorHandle piece = documents.Add(TensorEncoding.Bytes, bytes);
            if (!documents.TrySend(
                to, new CheckpointPart(version, offset, file.Length, piece), piece))
            {
                return; // the next checkpoint may get through
            }
        }
    }
}
