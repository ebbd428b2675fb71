namespace DistTrain.Engine.Tests;

public sealed class TickerTests
{
    [Fact]
    public void Time_passes_for_who_was_added_and_no_more_for_who_was_removed()
    {
        Dispatcher dispatcher = NewDispatcher();
        var leaving = new CountingActor(dispatcher);
        var staying = new CountingActor(dispatcher);
        using (var ticker = new Ticker(leaving))
        {
            leaving.Ticked = _ =>
            {
                ticker.Remove(leaving);
                ticker.Add(staying);
                leaving.Ticked = null;
            };
            staying.Ticked = ticks =>
            {
                if (ticks == 5)
                {
                    dispatcher.Stop();
                }
            };
            dispatcher.Run();
        }

        dispatcher.Failure.ShouldBeNull();
        staying.Ticks.ShouldBe(5);
        leaving.Ticks.ShouldBeInRange(1, 2); // one may have been on its way
    }

    [Fact]
    public void Whoever_is_added_after_the_end_hears_nothing()
    {
        var actor = new CountingActor(NewDispatcher());
        var ticker = new Ticker();
        ticker.Dispose();
        ticker.Add(actor);
        ticker.Dispose();
        actor.HasWork.ShouldBeFalse();
    }

    // Ticks come from outside: silence is no deadlock.
    private static Dispatcher NewDispatcher()
    {
        var dispatcher = new Dispatcher(1, () => "nobody");
        dispatcher.Begin();
        return dispatcher;
    }

    private sealed class CountingActor(Dispatcher dispatcher)
        : Actor<string>("counting", dispatcher, new Place(0), mailboxCapacity: 1)
    {
        public int Ticks { get; private set; }

        public Action<int>? Ticked { get; set; }

        protected override void Receive(string message) =>
            throw new InvalidOperationException("it is sent nothing");

        protected override void OnTick()
        {
            Ticks++;
            Ticked?.Invoke(Ticks);
        }
    }
}
