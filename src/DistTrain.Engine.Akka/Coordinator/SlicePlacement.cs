using Akka.Actor;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>Which node hosts which slice, and which are on their way to one.</summary>
/// <param name="slices">Of the run.</param>
/// <param name="coordinator">Its number: what this coordinator numbers comes after all that those
/// before it did.</param>
internal sealed class SlicePlacement(int slices, int coordinator)
{
    private readonly Place[] _places = [.. Enumerable.Range(0, slices).Select(_ => new Place())];
    private long _incarnations = (long)coordinator << 20;
    private long _number = (long)coordinator << 32;

    /// <summary>The run has such a slice: what a node says may be of another run.</summary>
    public bool Has(SliceId slice) => slice.Value >= 0 && slice.Value < slices;

    /// <summary>Every slice has a parameter server that has begun.</summary>
    public bool IsComplete => Array.TrueForAll(_places, place => place.Actor is not null);

    /// <summary>Slices without a node.</summary>
    public IEnumerable<SliceId> Homeless => Where(place => place.Node is null);

    /// <summary>Slices that were given to a node and have not begun there.</summary>
    public IEnumerable<SliceId> Awaited =>
        Where(place => place.Node is not null && place.Actor is null);

    public IActorRef? ActorOf(SliceId slice) => _places[slice.Value].Actor;

    public Member? NodeOf(SliceId slice) => _places[slice.Value].Node;

    /// <summary>Slices of a node.</summary>
    public IReadOnlyList<SliceId> Of(Member node) => [.. Where(place => place.Node == node)];

    public IEnumerable<IActorRef> Actors =>
        _places.Select(place => place.Actor).OfType<IActorRef>();

    /// <summary>A slice is to begin on a node.</summary>
    public HostSlice Give(SliceId slice, Member node)
    {
        Place place = _places[slice.Value];
        (place.Node, place.Actor, place.Path) = (node, null, string.Empty);
        place.Incarnation = ++_incarnations;
        return Order(slice);
    }

    /// <summary>What its node was told.</summary>
    public HostSlice Order(SliceId slice) => new(slice, _places[slice.Value].Incarnation);

    /// <summary>A slice is gone from where it was.</summary>
    /// <param name="slice">Which.</param>
    /// <param name="cause">For the coordinator's role, when it has begun elsewhere.</param>
    public void Lose(SliceId slice, string cause)
    {
        Place place = _places[slice.Value];
        (place.Node, place.Actor, place.Path) = (null, null, string.Empty);
        place.LostBy ??= cause;
        _number++;
    }

    /// <summary>A node says that a slice has begun there.</summary>
    /// <returns>False if that is no news, or not where it is to be.</returns>
    public bool TryBegin(SliceId slice, long incarnation, Member node, IActorRef actor, string path)
    {
        if (!Has(slice))
        {
            return false;
        }

        Place place = _places[slice.Value];
        bool isAwaited = place.Node == node && place.Actor is null
            && place.Incarnation == incarnation;
        if (isAwaited)
        {
            (place.Actor, place.Path) = (actor, path);
            _number++;
        }

        return isAwaited;
    }

    /// <summary>A slice of this run is held at a node from before this coordinator began.</summary>
    /// <returns>False if a later one is known, or it has a node already.</returns>
    public bool TryAdopt(SliceHeld held, Member node, IActorRef actor)
    {
        if (!Has(new SliceId(held.Slice)))
        {
            return false;
        }

        Place place = _places[held.Slice];
        bool isNews = place.Incarnation < held.Incarnation
            && (place.Node is null || place.Actor is not null);
        if (isNews)
        {
            (place.Node, place.Actor, place.Path) = (node, actor, held.Path);
            place.Incarnation = held.Incarnation;
            _number++;
        }

        return isNews;
    }

    /// <summary>Why a slice that has begun anew had been lost; once.</summary>
    public string? TakeLoss(SliceId slice)
    {
        Place place = _places[slice.Value];
        string? cause = place.LostBy;
        place.LostBy = null;
        return cause;
    }

    /// <summary>For the nodes; an empty path: nowhere just now.</summary>
    public SlicePlaces ToMessage() => new(_number, [.. _places.Select(place => place.Path)]);

    private IEnumerable<SliceId> Where(Predicate<Place> predicate) =>
        from i in Enumerable.Range(0, slices)
        where predicate(_places[i])
        select new SliceId(i);

    private sealed class Place
    {
        public Member? Node { get; set; }

        public IActorRef? Actor { get; set; }

        public string Path { get; set; } = string.Empty;

        public long Incarnation { get; set; }

        public string? LostBy { get; set; }
    }
}
