using DistTrain.Learning;

namespace DistTrain.Benchmarks.Compare;

/// <summary>Everything that is measured of one network, in alternation, and the bounds.</summary>
internal sealed class NetworkCells
{
    private readonly MachineWatch _watch;
    private readonly StepWork? _mnistWork;
    private readonly Cell _adam, _gather, _activations;

    public NetworkCells(int number, StepSetup setup, CompareOptions options, MachineWatch watch)
    {
        _watch = watch;
        _mnistWork = setup.MnistWork;
        Network = Network.All[number];
        double seconds = options.SampleSeconds;
        DenseOnOne = Of("dense, 1 thread", 1, Alone(setup.Dense));
        PeerOnOne = setup.PeerOnOne is { } one
            ? Of("PyTorch, 1 thread", 1, _ => one.Sample(number, seconds))
            : null;
        PeerAsInstalled = setup.PeerAsInstalled is { } asInstalled
            ? Of("PyTorch as installed", 1, _ => asInstalled.Sample(number, seconds))
            : null;
        MnistOnOne = setup.Mnist is null
            ? null
            : Of("MNIST, 1 thread", 1, Alone(setup.Mnist));
        if (MachineWatch.HasTwoCores)
        {
            DenseOnTwo = Of("dense, 2 threads", 2, Engine(setup.Dense));
            PeerOnTwo = setup.PeerOnTwo is { } two
                ? Of("PyTorch, 2 threads", 2, _ => two.Sample(number, seconds))
                : null;
            MnistOnTwo = setup.Mnist is null
                ? null
                : Of("MNIST, 2 threads", 2, Engine(setup.Mnist));
        }

        List<StepParts> parts = [];
        foreach (int threads in MachineWatch.HasTwoCores ? new[] { 1, 2 } : [1])
        {
            parts.Add(PartsOf("dense", setup.Dense, StepWork.Dense, threads));
            if (setup is { Mnist: { } mnist, MnistWork: { } work })
                parts.Add(PartsOf("MNIST", mnist, work, threads));
        }

        Parts = parts;
        _adam = Of("Adam", 1, _ => BoundLoops.Adam(Network.Parameters));
        _gather = Of(
            "gather", 1, _ => BoundLoops.Gather(setup.Dense.Training, Network.BatchSize));
        _activations = Of("activations", 1, _ => BoundLoops.Activations(Network));

        Func<int, double> Alone(DataSplit data) =>
            round => TeamLoop.Sample(Network.TaskOn(data, round), seconds);

        StepParts PartsOf(string name, DataSplit data, StepWork work, int threads) => new(
            watch, name, threads, work, seconds, round => Network.TaskOn(data, round));

        Func<int, double> Engine(DataSplit data) =>
            round => EngineLoop.Sample(Network.TaskOn(data, round), threads: 2, seconds);
    }

    public Network Network { get; }

    public Cell DenseOnOne { get; }

    public Cell? MnistOnOne { get; }

    public Cell? PeerOnOne { get; }

    public Cell? PeerAsInstalled { get; }

    public Cell? DenseOnTwo { get; }

    public Cell? MnistOnTwo { get; }

    public Cell? PeerOnTwo { get; }

    /// <summary>On one thread and on two.</summary>
    public IReadOnlyList<StepParts> Parts { get; }

    public IReadOnlyList<Cell> All =>
    [
        .. new[]
        {
            DenseOnOne, PeerOnOne, PeerAsInstalled, MnistOnOne,
            DenseOnTwo, PeerOnTwo, MnistOnTwo, _adam, _gather, _activations,
        }.OfType<Cell>(),
        .. Parts.Select(parts => parts.Step),
    ];

    public double Adam => _adam.Value;

    public double Gather => _gather.Value;

    public double Activations => _activations.Value;

    /// <summary>The faster of PyTorch on one and on two threads, µs a step.</summary>
    public double BetterPeer => new[] { PeerOnOne, PeerOnTwo }.OfType<Cell>()
        .Select(cell => cell.Value).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min();

    public double DenseBound => BoundOf(StepWork.Dense);

    public double MnistBound => _mnistWork is { } work ? BoundOf(work) : double.NaN;

    /// <summary>What a part takes at least, µs on one thread; NaN where nothing was measured that
    /// says so.</summary>
    public double BoundOf(StepWork work, StepPart part) => part switch
    {
        StepPart.Gather => Gather,
        StepPart.Update => Adam,
        StepPart.Loss => double.NaN,
        StepPart.Forward => ArithmeticOf(work, part) + Activations,
        _ => ArithmeticOf(work, part),
    };

    public double BoundOf(StepWork work) =>
        (work.FlopsOf(Network, FmaPeak.Lanes) / (_watch.Peak * 1e3)) + Adam + Gather
        + Activations;

    private double ArithmeticOf(StepWork work, StepPart part) =>
        work.FlopsOf(Network, FmaPeak.Lanes, part) / (_watch.Peak * 1e3);

    private Cell Of(string name, int threads, Func<int, double> take) =>
        new(_watch, name, threads, take);
}
