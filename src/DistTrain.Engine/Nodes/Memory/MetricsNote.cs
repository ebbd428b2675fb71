using System.Buffers.Binary;
using DistTrain.Learning;

namespace DistTrain.Engine;

/// <summary>
/// What travels beside a gradient: its batch metrics, which the protocol never sees. Little-endian:
/// loss sum (binary64), correct (int32), samples (int32).
/// </summary>
internal static class MetricsNote
{
    public const int Bytes = 16;

    public static byte[] Of(BatchMetrics metrics)
    {
        byte[] note = new byte[Bytes];
        BinaryPrimitives.WriteDoubleLittleEndian(note, metrics.LossSum);
        BinaryPrimitives.WriteInt32LittleEndian(note.AsSpan(8), metrics.Correct);
        BinaryPrimitives.WriteInt32LittleEndian(note.AsSpan(12), metrics.Samples);
        return note;
    }

    /// <returns>False if these are no metrics.</returns>
    public static bool TryRead(ReadOnlySpan<byte> note, out BatchMetrics metrics)
    {
        metrics = default;
        if (note.Length < Bytes)
        {
            return false;
        }

        metrics = new BatchMetrics(
            BinaryPrimitives.ReadDoubleLittleEndian(note),
            BinaryPrimitives.ReadInt32LittleEndian(note[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(note[12..]));
        return metrics.Samples > 0 && metrics.Correct >= 0 && metrics.Correct <= metrics.Samples;
    }
}
