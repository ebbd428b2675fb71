namespace DistTrain.Protocol.Tests;

public sealed class IdsTests
{
    [Fact]
    public void Messages_can_be_written_to_a_log() =>
        new AllowSteps(new Generation(2), 8).ToString()
            .ShouldBe("AllowSteps { Generation = generation 2, Version = 8 }");

    [Fact]
    public void Generations_are_ordered_by_number()
    {
        Generation first = new(1);
        (first < first.NextBy(0)).ShouldBeTrue();
        (first >= first.NextBy(0)).ShouldBeFalse();
        first.NextBy(0).ShouldBe(new Generation(2));
    }
}
