using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// Messages of the roles and of nodes as the wire's codec writes them, and the frames of lanes as
/// they are. A message that carries a tensor is refused: those travel on lanes only, in pieces and
/// with credit, so that nothing waits behind megabytes. What is refused is dropped and logged; the
/// connection between the nodes goes on.
/// </summary>
/// <remarks>
/// Manifest: the message's number on the wire, in decimal; of lanes, a letter.
/// </remarks>
internal sealed class ProtocolSerializer(ExtendedActorSystem system)
    : SerializerWithStringManifest(system)
{
    /// <summary>Of this serializer on the wire: given once, never used for another.</summary>
    public const int Number = 1_650;

    private const string FrameManifest = "F";
    private const string CreditManifest = "C";
    private const string SharedManifest = "S";

    public override int Identifier => Number;

    public override string Manifest(object o) => o switch
    {
        LaneFrame => FrameManifest,
        LaneCredit => CreditManifest,
        LaneShared => SharedManifest,
        _ => FormatOf(o).Number.ToString(CultureInfo.InvariantCulture),
    };

    public override byte[] ToBinary(object obj)
    {
        switch (obj)
        {
            case LaneFrame frame:
                return frame.Bytes;
            case LaneCredit credit:
                return BytesOf(credit.Frames);
            case LaneShared shared:
                return BytesOf(shared.Bytes);
            default:
                return Encode(obj);
        }
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        switch (manifest)
        {
            case FrameManifest:
                return new LaneFrame(bytes);
            case CreditManifest:
                return new LaneCredit(NumberOf(bytes));
            case SharedManifest:
                return new LaneShared(NumberOf(bytes));
            default:
                return Decode(bytes, manifest);
        }
    }

    private static byte[] Encode(object message)
    {
        FormatOf(message);
        var output = new ArrayBufferWriter<byte>();
        try
        {
            MessageCodec.Encode(message, null, output);
        }
        catch (ArgumentException e)
        {
            throw new SerializationException(
                $"{message.GetType().Name} cannot be written: {e.Message}", e);
        }

        return output.WrittenSpan.ToArray();
    }

    private static object Decode(byte[] bytes, string manifest)
    {
        DecodedMessage decoded;
        try
        {
            decoded = MessageCodec.Decode(bytes);
        }
        catch (WireException e)
        {
            throw new SerializationException($"message {manifest}: {e.Message}", e);
        }

        if (decoded.Number.ToString(CultureInfo.InvariantCulture) != manifest)
        {
            throw new SerializationException(
                $"message {decoded.Number} where {manifest} is announced");
        }

        return decoded switch
        {
            { Format: null } => throw new SerializationException(
                $"no message that travels has the number {manifest}"),
            { Format.HasTensor: true } => throw TensorOutsideALane(decoded.Format),
            _ => decoded.Message!,
        };
    }

    private static byte[] BytesOf(int value)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static int NumberOf(byte[] bytes)
    {
        int value = bytes.Length == sizeof(int)
            ? BinaryPrimitives.ReadInt32LittleEndian(bytes)
            : 0;
        return value > 0
            ? value
            : throw new SerializationException("a lane's number that is none");
    }

    private static MessageFormat FormatOf(object message)
    {
        MessageFormat format;
        try
        {
            format = MessageCodec.FormatOf(message);
        }
        catch (ArgumentException e)
        {
            throw new SerializationException(e.Message, e);
        }

        return format.HasTensor ? throw TensorOutsideALane(format) : format;
    }

    private static SerializationException TensorOutsideALane(MessageFormat format) =>
        new($"{format.Name} carries a tensor: it travels on a lane only");
}
