using DistTrain.Protocol;

namespace DistTrain.Simulation.Tests;

/// <summary>The scaling table against what can be worked out by hand.</summary>
public sealed class ScalingTests
{
    private const double Sample = 1_000;
    private const double Update = 0.25;
    private const double Combine = 0.5;

    // Two blocks, so two slices are equal. Bytes of one: 16,384, and 100 of the message.
    private const int Parameters = 8_192;
    private const int SliceBytes = 16_384;
    private const int ControlBytes = 100;

    private static readonly ScalingNetwork Network = new("small", Parameters, Sample, Update);

    private static readonly ScalingInputs Inputs = new()
    {
        Networks = [Network],
        ParameterServers = [1],
        CombineNanos = Combine,
    };

    [Fact]
    public void One_worker_on_a_network_without_bounds_only_computes()
    {
        ScalingInputs inputs = Inputs with
        {
            BandwidthsGbits = [double.PositiveInfinity],
            Workers = [1],
            LatencyMicros = 0,
            MessageMicros = 0,
            WakeMicros = 0,
        };
        ScalingPoint[] points = [.. ScalingTable.Run(inputs)];
        double update = Parameters * Update;
        double round = 50 * ((64 * Sample) + update);
        points.Select(p => p.StepSeconds * 1e9).ShouldBe(
            [(16_384 * Sample) + update, (64 * Sample) + update, round + update], 1e-3);
        points.ShouldAllBe(p => p.Bound == ScalingBound.WorkerComputes);
        points.ShouldAllBe(p => Math.Abs(p.Efficiency - 1) < 1e-9);
        points[0].ShareOf(ScalingBound.ServerComputes)
            .ShouldBe(update / ((16_384 * Sample) + update), 1e-9);
    }

    [Fact]
    public void Two_workers_take_turns_at_the_parameter_server()
    {
        // Publish to one, then to the other; that one computes, then pushes.
        double publish = Transfer((2 * SliceBytes) + ControlBytes + (2 * 3));
        double push = Transfer((2 * SliceBytes) + ControlBytes);
        double compute = Wake + (64 * Sample);
        double update = Wake + (Parameters * (Update + Combine));
        StepOf(ScalingMode.Weak, workers: 2, servers: 1).ShouldBe(
            (2 * publish) + push + compute + update + (2 * Latency), 1);
    }

    [Fact]
    public void Two_parameter_servers_take_turns_at_the_worker()
    {
        // The second slice is sent its part last, so it publishes later, but the worker's port is
        // busy until then with what the first one publishes.
        double publish = Transfer(SliceBytes + ControlBytes + 3);
        double transfer = Transfer(SliceBytes + ControlBytes);
        double compute = Wake + (64 * Sample);
        double update = Wake + (Parameters / 2 * Update);
        StepOf(ScalingMode.Weak, workers: 1, servers: 2).ShouldBe(
            publish + (2 * transfer) + compute + update + (2 * Latency), 1);
    }

    [Fact]
    public void A_round_is_one_message_up_and_one_down()
    {
        double compute = Wake + (50 * ((64 * Sample) + (Parameters * Update)));
        double publish = Transfer((2 * SliceBytes) + ControlBytes + 3);
        double push = Transfer((2 * SliceBytes) + ControlBytes);
        double update = Wake + (Parameters * Update);
        StepOf(ScalingMode.LocalSteps, workers: 1, servers: 1).ShouldBe(
            publish + push + compute + update + (2 * Latency), 1);
    }

    [Fact]
    public void A_step_waits_for_two_hops()
    {
        ScalingPoint point = ScalingTable.Run(Inputs with
        {
            BandwidthsGbits = [100],
            LatencyMicros = 10_000,
            Workers = [16],
        })[0];
        point.Bound.ShouldBe(ScalingBound.Latency);
        point.ShareOf(ScalingBound.Latency).ShouldBe(0.02 / point.StepSeconds, 1e-9);
    }

    [Fact]
    public void Small_parts_on_a_fast_network_take_the_time_of_their_messages()
    {
        double bytes = 8 * 4 * Parameters;
        ScalingPoint[] points = [.. ScalingTable.Run(Inputs with
        {
            BandwidthsGbits = [1, 100],
            Workers = [1],
        }).Take(2)];
        points[0].MessagePart.ShouldBe(5_000 / (5_000 + bytes), 1e-9);
        points[1].MessagePart.ShouldBe(5_000 / (5_000 + (bytes / 100)), 1e-9);
    }

    [Theory]
    [InlineData(ScalingMode.Strong)]
    [InlineData(ScalingMode.Weak)]
    [InlineData(ScalingMode.LocalSteps)]
    public void More_bandwidth_never_slows_a_step(ScalingMode mode)
    {
        ScalingInputs inputs = Inputs with
        {
            Networks = [ScalingNetwork.All[0]],
            BandwidthsGbits = [0.5, 1, 2.5, 10, 25, 100, 400, double.PositiveInfinity],
            Workers = [1, 3, 64],
            ParameterServers = [1, 3],
        };
        var runs = ScalingTable.Run(inputs).Where(p => p.Mode == mode)
            .GroupBy(p => (p.Workers, p.ParameterServers)).ToArray();
        runs.Length.ShouldBe(6);
        foreach (var run in runs)
        {
            double[] seconds = [.. run.OrderBy(p => p.BandwidthGbits).Select(p => p.StepSeconds)];
            seconds.ShouldBe(seconds.OrderDescending());
            seconds[^1].ShouldBeLessThan(seconds[0]);
        }
    }

    [Fact]
    public void Publishing_over_a_slow_network_stops_the_scaling_and_rounds_go_on()
    {
        ScalingInputs inputs = new()
        {
            Networks = [ScalingNetwork.All[2]],
            BandwidthsGbits = [1],
            ParameterServers = [1],
            Workers = [1, 64],
        };
        ScalingPoint[] many = [.. ScalingTable.Run(inputs).Where(p => p.Workers == 64)];
        many[1].Bound.ShouldBe(ScalingBound.ServerSends);
        many[1].ShareOf(ScalingBound.ServerSends).ShouldBeGreaterThan(0.9);
        many[1].Efficiency.ShouldBeLessThan(0.05);
        many[2].Efficiency.ShouldBeGreaterThan(10 * many[1].Efficiency);
    }

    [Fact]
    public void The_table_is_the_same_every_time()
    {
        ScalingInputs inputs = Inputs with { Workers = [1, 5, 16], ParameterServers = [1, 2] };
        Numbers(ScalingTable.Run(inputs)).ShouldBe(Numbers(ScalingTable.Run(inputs)));

        static IEnumerable<double> Numbers(IEnumerable<ScalingPoint> points) =>
            points.SelectMany(p => p.Shares.Append(p.StepSeconds).Append(p.Efficiency));
    }

    [Fact]
    public void There_are_no_more_parameter_servers_than_blocks()
    {
        ScalingPoint point = ScalingTable.Run(
            Inputs with { ParameterServers = [16], Workers = [2], BandwidthsGbits = [1] })[0];
        point.ParameterServers.ShouldBe(2);
    }

    private const double Wake = 20_000;
    private const double Latency = 50_000;

    /// <summary>At 1 Gbit/s, and 5 µs for the message.</summary>
    private static double Transfer(int bytes) => 5_000 + (8 * bytes);

    private static double StepOf(ScalingMode mode, int workers, int servers) =>
        ScalingTable.Run(Inputs with
        {
            BandwidthsGbits = [1],
            Workers = [workers],
            ParameterServers = [servers],
        }).Single(p => p.Mode == mode).StepSeconds * 1e9;
}
