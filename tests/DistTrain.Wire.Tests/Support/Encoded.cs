using System.Buffers;
using DistTrain.Protocol;

namespace DistTrain.Wire.Tests;

/// <summary>Bytes of messages and of single values.</summary>
internal static class Encoded
{
    public delegate void Writing(MessagePackWriter writer);

    public static byte[] Bytes(Writing write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new MessagePackWriter(output));
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Bytes(object message)
    {
        var output = new ArrayBufferWriter<byte>();
        MessageCodec.Encode(message, Payload(message), output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A contribution with such a note.</summary>
    public static byte[] Note(byte[] note)
    {
        var output = new ArrayBufferWriter<byte>();
        MessageCodec.Encode(
            TestNode.Contribution(default),
            new TensorPayload(TensorEncoding.Bytes, new byte[1], note), output);
        return output.WrittenSpan.ToArray();
    }

    public static string Hex(Writing write) => Convert.ToHexStringLower(Bytes(write));

    /// <summary>A tensor of eight bytes for a message that carries one, and a note where it may be.
    /// </summary>
    private static TensorPayload? Payload(object message) =>
        MessageCodec.FormatOf(message).HasTensor
            ? new TensorPayload(TensorEncoding.Binary32, new byte[8], Note(message))
            : null;

    private static byte[] Note(object message) => message is Contribution ? [0xaa, 0xbb] : [];
}
