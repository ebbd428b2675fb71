using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>Where the slices are, as the coordinator said last.</summary>
internal sealed class SliceTable(ActorSystem system, NodeLinks links)
{
    // Replaced, never changed: a worker's actor reads it while its node's writes.
    private volatile SlicePlace?[] _bySlice = [];
    private long _number = -1;

    /// <summary>Null: nobody hosts it just now.</summary>
    public SlicePlace? Find(SliceId slice) =>
        slice.Value < _bySlice.Length ? _bySlice[slice.Value] : null;

    /// <summary>The newest word counts.</summary>
    public void Take(SlicePlaces places)
    {
        if (places.Number > _number)
        {
            _number = places.Number;
            _bySlice = [.. places.Addresses.Select(path =>
                path.Length == 0 ? null : SlicePlace.At(path, system))];
        }
    }

    /// <summary>Another coordinator may count anew.</summary>
    public void Reset() => _number = -1;

    /// <summary>A message to a slice: by the lane to its node if it carries a tensor.</summary>
    public void Send(SliceId slice, ParameterServerMessage message)
    {
        if (Find(slice) is not { } place)
        {
            return; // lost: the protocol asks again
        }

        if (MessageCodec.FormatOf(message).HasTensor)
        {
            links.To(place.Node).TrySend(message, recipient: slice.Value);
        }
        else
        {
            place.Actor.Tell(message);
        }
    }
}

/// <summary>Where a slice is.</summary>
/// <param name="Actor">Its parameter server.</param>
/// <param name="Node">Where it is.</param>
internal sealed record SlicePlace(IActorRef Actor, Address Node)
{
    public static SlicePlace At(string path, ActorSystem system)
    {
        if (!ActorPath.TryParse(path, out ActorPath parsed))
        {
            throw new NodeException($"the coordinator names a slice at '{path}'");
        }

        return new SlicePlace(
            ((ExtendedActorSystem)system).Provider.ResolveActorRef(path),
            parsed.Address);
    }
}
