using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>What an evil node would have in the place of <see cref="ControlSerializer"/>: the same
/// number, and no filter.</summary>
internal sealed class Smuggler(ExtendedActorSystem system, Config config)
    : HyperionSerializer(system, config)
{
    public override int Identifier => ControlSerializer.Number;
}

/// <summary>Of an assembly that the other node has loaded, too.</summary>
internal sealed record Contraband(string Text);

/// <summary>Looks like one of ours, and is not of the engine's assembly.</summary>
internal sealed record ForeignControlMessage(string Text) : ControlMessage;

/// <summary>Passes on what it hears.</summary>
internal sealed class Ear : UntypedActor
{
    private readonly IActorRef _to;

    public Ear(IActorRef to) => _to = to;

    protected override void OnReceive(object message) => _to.Forward(message);
}
