namespace DistTrain.Engine.Tcp.Tests;

/// <summary>All that depends on time, in virtual time.</summary>
public sealed class TimesTests
{
    private static readonly LinkOptions Options = LinkOptions.Default;

    [Fact]
    public void A_regular_peer_is_suspected_soon_after_it_stops()
    {
        AccrualFailureDetector detector = Regular(out TimeSpan last);
        detector.Phi(last + Milliseconds(250)).ShouldBeLessThan(1);
        detector.Phi(last + Milliseconds(500)).ShouldBeLessThan(3);
        detector.Phi(last + Milliseconds(1_200)).ShouldBeGreaterThan(12);
        double before = 0;
        for (int i = 0; i < 100; i++)
        {
            double phi = detector.Phi(last + Milliseconds(50 * i));
            phi.ShouldBeGreaterThanOrEqualTo(before);
            before = phi;
        }

        double.IsFinite(detector.Phi(last + TimeSpan.FromDays(1))).ShouldBeTrue();
    }

    [Fact]
    public void Phi_is_the_logarithm_of_how_rare_such_a_pause_is()
    {
        // Pauses of 250 ms, deviation 100 ms: 1, 2, 3 and 4 deviations beyond the mean.
        AccrualFailureDetector detector = Regular(out TimeSpan last);
        double[] tails = [0.5, 0.158655, 0.022750, 0.0013499, 0.00003167];
        for (int deviations = 0; deviations < tails.Length; deviations++)
        {
            double exact = -Math.Log10(tails[deviations]);
            detector.Phi(last + Milliseconds(250 + (100 * deviations)))
                .ShouldBe(exact, 0.06 * exact);
        }
    }

    [Fact]
    public void An_irregular_peer_is_given_more_time()
    {
        var random = new Random(1);
        var irregular = new AccrualFailureDetector(Milliseconds(250), Milliseconds(100));
        TimeSpan at = default;
        for (int i = 0; i < 100; i++)
        {
            at += Milliseconds(random.Next(250, 1_500));
            irregular.Heard(at);
        }

        AccrualFailureDetector regular = Regular(out TimeSpan last);
        irregular.Phi(at + Milliseconds(1_000)).ShouldBeLessThan(1);
        regular.Phi(last + Milliseconds(1_000)).ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Data_that_streamed_makes_no_pause_suspicious()
    {
        var detector = new AccrualFailureDetector(Milliseconds(250), Milliseconds(100));
        TimeSpan at = default;
        for (int i = 0; i < 100_000; i++)
        {
            at += TimeSpan.FromMicroseconds(100);
            detector.Heard(at);
        }

        detector.Phi(at + Milliseconds(300)).ShouldBeLessThan(1);
        detector.Phi(at + Milliseconds(1_200)).ShouldBeGreaterThan(12);
    }

    [Fact]
    public void Who_was_hardly_heard_is_not_suspected_and_a_pause_of_our_own_is_forgiven()
    {
        var young = new AccrualFailureDetector(Milliseconds(250), Milliseconds(100));
        young.Heard(default);
        young.Heard(Milliseconds(250));
        young.Phi(TimeSpan.FromHours(1)).ShouldBe(0);

        AccrualFailureDetector old = Regular(out TimeSpan last);
        old.Forgive(last + TimeSpan.FromMinutes(1));
        old.Phi(last + TimeSpan.FromMinutes(1) + Milliseconds(250)).ShouldBeLessThan(1);
        old.Heard(last + TimeSpan.FromMinutes(1) + Milliseconds(250));
        old.Phi(last + TimeSpan.FromMinutes(1) + Milliseconds(1_450)).ShouldBeGreaterThan(12);
    }

    [Fact]
    public void A_link_pings_in_its_interval_and_is_given_up_within_the_hard_bound()
    {
        var heartbeat = new Heartbeat(Options, default);
        int pings = 0;
        for (int ms = 0; ms < 1_000; ms += 25)
        {
            pings += heartbeat.IsPingDue(Milliseconds(ms)) ? 1 : 0;
            heartbeat.Silence(Milliseconds(ms)).ShouldBeNull();
        }

        pings.ShouldBe(4);
        heartbeat.Silence(Milliseconds(1_475)).ShouldBeNull("too little is known to be suspicious");
        heartbeat.Silence(Milliseconds(1_500)).ShouldBe("nothing came from it for 1.5 s");
        heartbeat.Forgive(Milliseconds(1_500));
        heartbeat.Silence(Milliseconds(2_900)).ShouldBeNull();
    }

    [Fact]
    public void A_ping_that_TCP_sends_three_times_is_no_silence()
    {
        var heartbeat = new Heartbeat(Options, default);
        const int Ping = 250, Retransmissions = 200 + 400, Busy = 200;
        for (int ms = 0; ms <= 10_000; ms += 25)
        {
            if (ms % Ping == 0)
            {
                heartbeat.Heard(Milliseconds(ms));
            }

            heartbeat.Silence(Milliseconds(ms)).ShouldBeNull();
        }

        heartbeat.Silence(Milliseconds(10_000 + Ping + Retransmissions + Busy)).ShouldBeNull();
    }

    [Fact]
    public void A_link_that_was_regular_is_given_up_before()
    {
        var heartbeat = new Heartbeat(Options, default);
        int ms = 0;
        for (; ms < 10_000; ms += 25)
        {
            if (ms % 250 == 0)
            {
                heartbeat.Heard(Milliseconds(ms));
            }

            heartbeat.Silence(Milliseconds(ms)).ShouldBeNull();
        }

        while (heartbeat.Silence(Milliseconds(ms)) is null)
        {
            ms += 25;
        }

        (ms - 9_750).ShouldBeInRange(1_100, 1_400);
    }

    [Fact]
    public void Attempts_come_later_each_time_and_not_all_at_once()
    {
        var backOff = new BackOff(Milliseconds(100), TimeSpan.FromSeconds(5), new Random(4));
        int[] full = [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000];
        double[] delays = [.. full.Select(_ => backOff.Next().TotalMilliseconds)];
        foreach ((double delay, int most) in delays.Zip(full))
        {
            delay.ShouldBeInRange(most / 2.0, most);
        }

        delays.Zip(full, (delay, most) => delay / most).Distinct().Count().ShouldBe(8);
        backOff.Reset();
        backOff.Next().TotalMilliseconds.ShouldBeInRange(50, 100);
    }

    [Fact]
    public void The_log_has_the_first_of_each_cause_and_then_one_a_minute_with_a_count()
    {
        TimeSpan now = default;
        var lines = new List<string>();
        var log = new LogLimiter<RefusalCause>(lines.Add, TimeSpan.FromMinutes(1), () => now);
        for (int second = 0; second < 150; second++)
        {
            now = TimeSpan.FromSeconds(second);
            log.Report(RefusalCause.TooSlow, $"slow {second}");
            if (second == 30)
            {
                log.Report(RefusalCause.HungUp, "gone");
            }
        }

        lines.ShouldBe([
            "slow 0", "gone", "slow 60 (and 59 like it since the last such line)",
            "slow 120 (and 59 like it since the last such line)"]);
        log.Count(RefusalCause.TooSlow).ShouldBe(150);
        log.Count(RefusalCause.HungUp).ShouldBe(1);
        log.Count(RefusalCause.WrongToken).ShouldBe(0);
    }

    [Fact]
    public void Round_trips_have_a_median_and_a_tail()
    {
        var trips = new RoundTrips();
        trips.Quantile(0.5).ShouldBeNull();
        for (int i = 1; i <= 1_000; i++)
        {
            trips.Add(TimeSpan.FromMicroseconds(i));
        }

        trips.Count.ShouldBe(1_000);
        trips.Quantile(0.5)!.Value.TotalMicroseconds.ShouldBeInRange(500, 625);
        trips.Quantile(0.99)!.Value.TotalMicroseconds.ShouldBeInRange(990, 1_240);
        trips.Add(TimeSpan.FromDays(400));
        trips.Add(TimeSpan.FromTicks(-5));
        trips.Count.ShouldBe(1_002);
    }

    private static AccrualFailureDetector Regular(out TimeSpan last)
    {
        var detector = new AccrualFailureDetector(Milliseconds(250), Milliseconds(100));
        last = default;
        for (int i = 0; i < 100; i++)
        {
            last += Milliseconds(250);
            detector.Heard(last);
        }

        return detector;
    }

    private static TimeSpan Milliseconds(int value) => TimeSpan.FromMilliseconds(value);
}
