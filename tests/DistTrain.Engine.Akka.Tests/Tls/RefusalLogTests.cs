namespace DistTrain.Engine.Akka.Tests;

public sealed class RefusalLogTests
{
    private TimeSpan _now = TimeSpan.Zero;

    [Fact]
    public void Each_cause_is_said_once_a_minute()
    {
        var log = new RefusalLog(() => _now);
        log.IsNews("a").ShouldBeTrue();
        log.IsNews("a").ShouldBeFalse();
        log.IsNews("b").ShouldBeTrue();
        _now += TimeSpan.FromMinutes(1);
        log.IsNews("a").ShouldBeTrue();
    }

    [Fact]
    public void Invented_causes_fill_neither_memory_nor_log()
    {
        var log = new RefusalLog(() => _now);
        Enumerable.Range(0, 1000).Count(i => log.IsNews($"{i}")).ShouldBe(64);
        _now += TimeSpan.FromMinutes(1);
        log.IsNews("another").ShouldBeTrue();
    }
}
