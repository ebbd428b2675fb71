using DistTrain.Learning;

namespace DistTrain.Benchmarks.Compare;

/// <summary>Everything that is measured of one network, in alternation, and the bounds.</summary>
internal sealed class NetworkCells
{
    private readonly MachineWatch _watch;
    private readonly StepWork? _mnistWork;
    private readonly Cell _adam, _gather;

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

        _adam = Of("Adam", 1, _ => BoundLoops.Adam(Network.Parameters));
        _gather = Of(
            "gather", 1, _ => BoundLoops.Gather(setup.Dense.Training, Network.BatchSize));

        Func<int, double> Alone(DataSplit data) =>
            round => TeamLoop.Sample(Network.TaskOn(data, round), seconds);

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

    public IReadOnlyList<Cell> All =>
    [
        .. new[]
        {
            DenseOnOne, PeerOnOne, PeerAsInstalled, MnistOnOne,
            DenseOnTwo, PeerOnTwo, MnistOnTwo, _adam, _gather,
        }.OfType<Cell>(),
    ];

    public double Adam => _adam.Value;

    public double Gather => _gather.Value;

    /// <summary>The faster of PyTorch on one and on two threads, µs a step.</summary>
    public double BetterPeer => new[] { PeerOnOne, PeerOnTwo }.OfType<Cell>()
        .Select(cell => cell.Value).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min();

    public double DenseBound => BoundOf(StepWork.Dense);

    public double MnistBound => _mnistWork is { } work ? BoundOf(work) : double.NaN;

    private double BoundOf(StepWork work) =>
        (work.FlopsOf(Network, FmaPeak.Lanes) / (_watch.Peak * 1e3)) + Adam + Gather;

    private Cell Of(string name, int threads, Func<int, double> take) =>
        new(_watch, name, threads, take);
}
