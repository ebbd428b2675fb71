namespace DistTrain.Engine.Tests;

public sealed class DispatcherTests
{
    private const int Messages = 20_000;

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 5, false)]
    [InlineData(2, 5, true)]
    [InlineData(4, 3, true)]
    public void Messages_of_a_sender_stay_in_order_and_an_actor_is_on_one_thread(
        int threads, int actors, bool mayMove)
    {
        // A ring: each actor passes what it hears to the next, until the last lap.
        var dispatcher = new Dispatcher(threads, () => "nobody");
        var ring = new RingActor[actors];
        for (int i = 0; i < actors; i++)
        {
            ring[i] = new RingActor(dispatcher, new Place(i, mayMove), Messages);
        }

        for (int i = 0; i < actors; i++)
        {
            ring[i].Next = i + 1 < actors ? ring[i + 1] : null;
        }

        for (int i = 0; i < Messages; i++)
        {
            ring[0].Post(new Number(i));
        }

        dispatcher.Run();

        dispatcher.Failure.ShouldBeNull();
        ring.ShouldAllBe(actor => actor.Heard == Messages && actor.Overlaps == 0);
    }

    [Fact]
    public void An_overflowing_mailbox_ends_the_run_by_name()
    {
        var dispatcher = new Dispatcher(1, () => "nobody");
        var actor = new RingActor(dispatcher, default, 3);
        for (int i = 0; i < 4; i++)
        {
            actor.Post(new Number(i));
        }

        dispatcher.Run();

        dispatcher.Failure!.Message.ShouldContain("the mailbox of ring is full: 3 messages");
    }

    [Fact]
    public void Work_outside_keeps_a_silent_dispatcher_from_being_called_stuck()
    {
        var dispatcher = new Dispatcher(2, () => "nobody");
        var actor = new RingActor(dispatcher, default, 2);
        dispatcher.Begin();
        actor.Post(new Number(0));
        bool hasHeard = false;
        var outside = new Thread(() =>
        {
            hasHeard = SpinWait.SpinUntil(() => actor.Heard == 1, TimeSpan.FromMinutes(1));
            actor.Post(new Number(Messages - 1) { IsLast = true });
            dispatcher.End();
        });
        outside.Start();

        dispatcher.Run();
        outside.Join();

        hasHeard.ShouldBeTrue();
        dispatcher.Failure.ShouldBeNull();
    }

    private sealed record Number(int Value)
    {
        public bool IsLast { get; init; } = Value == Messages - 1;
    }

    private sealed class RingActor(Dispatcher dispatcher, Place place, int capacity)
        : Actor<Number>("ring", dispatcher, place, capacity)
    {
        private int _inside;
        private int _latest = -1;

        public RingActor? Next { get; set; }

        public volatile int Heard;

        public int Overlaps { get; private set; }

        protected override void Receive(Number message)
        {
            if (Interlocked.Increment(ref _inside) != 1 || message.Value <= _latest)
            {
                Overlaps++;
            }

            _latest = message.Value;
            Heard++;
            Next?.Post(message);
            Interlocked.Decrement(ref _inside);
            if (message.IsLast && Next is null)
            {
                Dispatcher.Stop();
            }
        }
    }
}
