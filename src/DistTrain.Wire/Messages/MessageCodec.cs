using System.Buffers;
using System.Collections.Frozen;
using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>
/// Messages of the roles and of nodes to and from MessagePack. What is not in its tables does not
/// travel: the results of a node's own engine, and what a node's own engine tells the coordinator.
/// </summary>
internal static class MessageCodec
{
    private static readonly FrozenDictionary<int, MessageFormat> ByNumber =
        Formats.ToFrozenDictionary(format => format.Number);

    private static readonly FrozenDictionary<Type, MessageFormat> ByType =
        Formats.ToFrozenDictionary(format => format.Type);

    public static IEnumerable<MessageFormat> Formats =>
        [
            .. CoordinatorFormats.All, .. ParameterServerFormats.All, .. WorkerFormats.All,
            .. NodeFormats.All, .. TransferFormats.All,
        ];

    /// <exception cref="ArgumentException">This message never travels.</exception>
    public static MessageFormat FormatOf(object message) =>
        ByType.TryGetValue(message.GetType(), out MessageFormat? format)
            ? format
            : throw new ArgumentException($"{message.GetType().Name} is no message that travels.");

    /// <summary>A message, and the head of the tensor whose bytes follow.</summary>
    /// <param name="message">One that travels.</param>
    /// <param name="tensor">What it carries, if it carries one.</param>
    /// <param name="output">Gets <see cref="WireLimits.PayloadBytes"/> or fewer.</param>
    public static void Encode(object message, TensorPayload? tensor, IBufferWriter<byte> output)
    {
        FormatOf(message).Write(message, tensor, output);
        if (tensor is { } payload)
        {
            new MessagePackWriter(output).WriteBinHeader(payload.Bytes.Length);
        }
    }

    /// <summary>Reads all of <paramref name="bytes"/>.</summary>
    /// <exception cref="WireException">They are no message. A message with an unknown number is
    /// one: it is returned without its content.</exception>
    public static DecodedMessage Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        int fields = reader.ReadArrayHeader(WireLimits.Fields) - 1;
        if (fields < 0)
        {
            throw new WireException(WireFault.Malformed, "a message without a number");
        }

        long number = reader.ReadInt64();
        MessageFormat? format = number is >= 0 and <= int.MaxValue
            && ByNumber.TryGetValue((int)number, out MessageFormat? known) ? known : null;
        var fieldReader = new FieldReader(reader, fields);
        object? message = Read(format, ref fieldReader);
        reader = fieldReader.End();
        int tensorBytes = reader.Remaining == 0 ? 0 : reader.ReadBinHeader(WireLimits.TensorBytes);
        if (reader.Remaining > 0)
        {
            throw new WireException(WireFault.Malformed, "bytes behind the message");
        }

        var decoded = new DecodedMessage(
            number, format, message, fieldReader.TensorEncoding, fieldReader.Note, tensorBytes);
        return decoded.Checked();
    }

    /// <summary>What is wrong is told with the name of the message.</summary>
    private static object? Read(MessageFormat? format, ref FieldReader reader)
    {
        try
        {
            return format?.Read(ref reader);
        }
        catch (WireException e)
        {
            throw new WireException(e.Fault, $"{format!.Name}: {e.Message}");
        }
    }
}

/// <summary>A message that came; without its tensor, of which as many bytes will follow.</summary>
internal readonly record struct DecodedMessage(
    long Number, MessageFormat? Format, object? Message, TensorEncoding? Encoding,
    ReadOnlyMemory<byte> Note, int TensorBytes)
{
    /// <summary>A message carries the tensor that it promises; an unknown one may carry any.
    /// </summary>
    public DecodedMessage Checked()
    {
        if (Format is null)
        {
            return this;
        }

        bool isRight = Encoding is { } encoding
            ? TensorBytes > 0 && TensorBytes % encoding.ElementBytes() == 0
            : TensorBytes == 0;
        return isRight ? this : throw new WireException(
            WireFault.Malformed, $"{Format.Name}: a tensor of {TensorBytes} bytes");
    }
}
