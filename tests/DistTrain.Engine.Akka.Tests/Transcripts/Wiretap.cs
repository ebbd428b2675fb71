using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Simulation;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>Stands before an actor, writes down what of the protocol comes for it, and passes it
/// on. Others take it for that actor: the slices and nodes behind it are known by their wiretaps.
/// </summary>
internal sealed class Wiretap : ReceiveActor
{
    public Wiretap(IActorRef target, string name, Transcript transcript)
    {
        Context.Watch(target);
        Receive<Terminated>(_ => Context.Stop(Self));
        Receive<SliceHosted>(m => target.Tell(
            m, Context.ActorOf(Props(Sender, $"slice {m.Slice.Value}", transcript))));
        Receive<JoinRun>(m => target.Tell(m, TapOf(Sender, transcript)));

        // A node would take a slice behind a wiretap for another one.
        Receive<SlicePlaces>(m => name == "node", _ => { });
        ReceiveAny(m =>
        {
            if (m is CoordinatorMessage or ParameterServerMessage or WorkerMessage)
            {
                transcript.Add(m is RunEnded ? "all workers" : name, m);
            }

            target.Forward(m);
        });
    }

    public static Props Props(IActorRef target, string name, Transcript transcript) =>
        global::Akka.Actor.Props.Create(() => new Wiretap(target, name, transcript))
            .WithDispatcher(Dispatchers.Compute);

    private static IActorRef TapOf(IActorRef node, Transcript transcript)
    {
        string name = $"tap-{node.Path.Name}";
        IActorRef known = Context.Child(name);
        return known.IsNobody() ? Context.ActorOf(Props(node, "node", transcript), name) : known;
    }
}
