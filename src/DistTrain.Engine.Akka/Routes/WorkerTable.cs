using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>Where the workers are, as the coordinator said last.</summary>
internal sealed class WorkerTable(ActorSystem system, NodeLinks links)
{
    private readonly Dictionary<WorkerId, (IActorRef Node, Address At)> _workers = [];
    private long _number = -1;

    /// <summary>The newest word counts.</summary>
    public void Take(WorkerPlaces places)
    {
        if (places.Number <= _number)
        {
            return;
        }

        _number = places.Number;
        _workers.Clear();
        for (int i = 0; i < places.Workers.Length; i++)
        {
            Address address = links.AddressOf(places.Addresses[i]);
            _workers[new WorkerId(places.Workers[i])] =
                (NodePaths.Node(system, address), address);
        }
    }

    public void Send(WorkerId worker, WorkerMessage message)
    {
        if (_workers.TryGetValue(worker, out (IActorRef Node, Address At) place))
        {
            Send(place, message);
        }
    }

    public void SendToAll(WorkerMessage message)
    {
        foreach ((IActorRef, Address) place in _workers.Values)
        {
            Send(place, message);
        }
    }

    private void Send((IActorRef Node, Address At) place, WorkerMessage message)
    {
        if (MessageCodec.FormatOf(message).HasTensor)
        {
            links.To(place.At).TrySend(message);
        }
        else
        {
            place.Node.Tell(message);
        }
    }
}
