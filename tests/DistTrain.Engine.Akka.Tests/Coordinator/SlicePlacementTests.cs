using Akka.Actor;
using DistTrain.Protocol;

namespace DistTrain.Engine.Akka.Tests;

public sealed class SlicePlacementTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_slice_that_the_run_has_not_is_no_news(int number)
    {
        var placement = new SlicePlacement(slices: 2, coordinator: 1);
        var node = new Member(
            Guid.NewGuid(), ActorRefs.Nobody, Address.AllSystems, IsWorker: false, IsHead: false,
            Ordinal: 0, "node");
        var slice = new SliceId(number);

        placement.Has(slice).ShouldBeFalse();
        placement.TryBegin(slice, 1, node, ActorRefs.Nobody, "path").ShouldBeFalse();
        placement.TryAdopt(new SliceHeld(number, 1, "path"), node, ActorRefs.Nobody)
            .ShouldBeFalse();
        placement.TryAdopt(new SliceHeld(1, 1, "path"), node, ActorRefs.Nobody).ShouldBeTrue();
    }
}
