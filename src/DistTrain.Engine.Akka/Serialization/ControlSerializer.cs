using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Hyperion.Internal;

namespace DistTrain.Engine.Akka;

/// <summary>
/// Hyperion for control messages and for nothing else. It is a subclass because Akka's own setting
/// (<c>allowed-types</c>) refuses on write what it names, and because what was refused has to be
/// told as SerializationException: then the message is dropped and logged, while anything else
/// would take the connection between the nodes down.
/// </summary>
/// <remarks>Its filter and Hyperion's refusal of unsafe types are on whatever the configuration
/// says.</remarks>
internal sealed class ControlSerializer : HyperionSerializer
{
    /// <summary>Of this serializer on the wire: given once, never used for another.</summary>
    public const int Number = 1_651;

    /// <summary>By Akka, with the settings under the serializer's name.</summary>
    public ControlSerializer(ExtendedActorSystem system, Config config)
        : base(system, Narrow(HyperionSerializerSettings.Create(config)))
    {
    }

    /// <summary>By Akka, where there are no such settings.</summary>
    public ControlSerializer(ExtendedActorSystem system)
        : base(system, Narrow(HyperionSerializerSettings.Default))
    {
    }

    public override int Identifier => Number;

    public override byte[] ToBinary(object obj)
    {
        if (!ControlTypes.IsMessage(obj.GetType()))
        {
            throw new SerializationException($"{obj.GetType()} is no control message");
        }

        try
        {
            return base.ToBinary(obj);
        }
        catch (UserEvilDeserializationException e)
        {
            throw new SerializationException($"{obj.GetType()} is refused: {e.Message}", e);
        }
    }

    /// <summary>Type names are held against the filter before a type is loaded; what Hyperion reads
    /// without asking it (texts, numbers, arrays of them) is refused here.</summary>
    public override object FromBinary(byte[] bytes, Type type)
    {
        object message = base.FromBinary(bytes, type);
        return message is not null && ControlTypes.IsMessage(message.GetType())
            ? message
            : throw new SerializationException(
                $"{message?.GetType().ToString() ?? "nothing"} is no control message");
    }

    private static HyperionSerializerSettings Narrow(HyperionSerializerSettings settings) =>
        settings.WithDisallowUnsafeType(true).WithTypeFilter(ControlTypes.Filter);
}
