using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// Frames of the wire, as one Akka message: a chunk of a tensor and the small frames before it.
/// Together 82 KB at most: below Akka's frame and below what goes on the large-object heap.
/// </summary>
internal sealed class FramePacker
{
    /// <summary>Up to so many bytes a frame may share a message with those behind it.</summary>
    private const int SmallFrameBytes = 2_048;

    /// <summary>With so many bytes of small frames a message is full.</summary>
    private const int SmallBytes = 14_336;

    /// <summary>A frame has fewer.</summary>
    private const int MostFrameBytes = 65_536;

    /// <summary>With so many in shared memory the other end is told.</summary>
    private const int SharedBytes = SharedRing.Capacity / 4;

    private readonly ArrayBufferWriter<byte> _small = new(SmallBytes + SmallFrameBytes);

    /// <summary>Takes what is to be sent next. The bytes are a copy: they wait in Akka's queues
    /// while the tensor may be closed.</summary>
    /// <returns>False if there is nothing to send now.</returns>
    public bool TryPack(WireConnection wire, [NotNullWhen(true)] out byte[]? bytes)
    {
        _small.ResetWrittenCount();
        while (_small.WrittenCount < SmallBytes && wire.TryTake(out OutgoingFrame frame))
        {
            if (frame.Head.Length + frame.Body.Length > SmallFrameBytes)
            {
                bytes = Join(frame);
                return true;
            }

            _small.Write(frame.Head.Span);
            _small.Write(frame.Body.Span);
        }

        bytes = _small.WrittenCount > 0 ? _small.WrittenSpan.ToArray() : null;
        return bytes is not null;
    }

    /// <summary>Writes what is to be sent next where the other end reads it.</summary>
    /// <returns>Bytes of whole frames; 0: there is nothing to send now, or no room.</returns>
    public static int Share(WireConnection wire, SharedRing memory)
    {
        int bytes = 0;
        while (bytes < SharedBytes && memory.Room >= MostFrameBytes
            && wire.TryTake(out OutgoingFrame frame))
        {
            bytes += memory.Write(frame.Head.Span) + memory.Write(frame.Body.Span);
        }

        return bytes;
    }

    private byte[] Join(OutgoingFrame frame)
    {
        ReadOnlySpan<byte> small = _small.WrittenSpan;
        ReadOnlySpan<byte> head = frame.Head.Span;
        ReadOnlySpan<byte> body = frame.Body.Span;
        byte[] bytes = GC.AllocateUninitializedArray<byte>(
            small.Length + head.Length + body.Length);
        small.CopyTo(bytes);
        head.CopyTo(bytes.AsSpan(small.Length));
        body.CopyTo(bytes.AsSpan(small.Length + head.Length));
        return bytes;
    }
}
