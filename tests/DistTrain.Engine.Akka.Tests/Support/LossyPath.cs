using Akka.Actor;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Stands before an actor and passes on what is not lost on the way.</summary>
internal sealed class LossyPath : ReceiveActor
{
    public LossyPath(IActorRef target, Predicate<object> loses) => ReceiveAny(message =>
    {
        if (!loses(message))
        {
            target.Forward(message);
        }
    });

    public static Props Props(IActorRef target, Predicate<object> loses) =>
        global::Akka.Actor.Props.Create(() => new LossyPath(target, loses));
}
