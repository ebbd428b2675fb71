using DistTrain.Learning;

namespace DistTrain.Benchmarks.Compare;

/// <summary>Whole training steps of four networks, ours beside PyTorch's.</summary>
internal sealed class StepComparison(CompareOptions options, MachineWatch watch)
{
    private readonly List<NetworkCells> _networks = [];
    private string? _label, _peerAbsence, _mnistAbsence;
    private StepWork? _mnistWork;

    public void Measure(DataFolders folders, Action<string> progress)
    {
        progress("data and PyTorch");
        using StepSetup setup = new(folders);
        _label = setup.PeerOnOne?.Label;
        _peerAbsence = setup.PeerAbsence;
        _mnistAbsence = setup.MnistAbsence;
        _mnistWork = setup.MnistWork;
        for (int i = 0; i < Network.All.Count; i++)
        {
            NetworkCells cells = new(i, setup, options, watch);
            progress($"{cells.Network.Name}: {string.Join("; ", cells.All.Select(c => c.Name))}");
            RoundRobin.Run(cells.All, options.Rounds, watch, settles: true);
            _networks.Add(cells);
        }
    }

    public string Report() => $"""
        ## Whole training steps, µs a step

        Peer: {_label ?? $"PyTorch: {Peers.NotInstalled}: {_peerAbsence}"}.
        {MnistText}

        ### One thread, dense data: a team of one

        {DenseOnOne()}
        ### One thread, MNIST: a team of one

        {MnistOnOne()}
        ### Two threads: the local engine with 2 workers on 2 threads

        {OnTwo()}
        ### Where a step goes: µs, in brackets the bound

        {Parts()}
        """;

    private string MnistText => _mnistWork is { } work
        ? $"MNIST: of {Network.Features} features, {Network.Features * work.ForwardShare:0} are "
            + $"non-zero in any of {StepWork.ForwardSamples} samples, "
            + $"{Network.Features * work.GradientShare:0} in any of {StepWork.GradientSamples}."
        : $"MNIST: not measured ({_mnistAbsence})";

    private MarkdownTable DenseOnOne()
    {
        MarkdownTable table = new(
            "network", "batch", "ours", "PyTorch", "PyTorch ÷ ours",
            "PyTorch as installed", "bound", "PyTorch ÷ bound", "share of the bound",
            "of it Adam, gather, activations",
            "counted / dropped: ours, PyTorch, as installed");
        foreach (NetworkCells row in _networks)
        {
            double ours = row.DenseOnOne.Value;
            table.Add(
                row.Network.Name, $"{row.Network.BatchSize}",
                Figures.Microseconds(ours), Peer(row.PeerOnOne),
                Figures.Times(ValueOf(row.PeerOnOne) / ours), Peer(row.PeerAsInstalled),
                Figures.Microseconds(row.DenseBound),
                Figures.Times(ValueOf(row.PeerOnOne) / row.DenseBound),
                Figures.Ratio(row.DenseBound / ours),
                $"{Figures.Microseconds(row.Adam)}, {Figures.Microseconds(row.Gather)}, "
                    + Figures.Microseconds(row.Activations),
                Figures.Counts(row.DenseOnOne, row.PeerOnOne, row.PeerAsInstalled));
        }

        return table;
    }

    private string MnistOnOne()
    {
        if (_mnistWork is null)
            return "Not measured.\n";
        MarkdownTable table = new(
            "network", "ours", "our dense ÷ ours", "PyTorch (dense) ÷ ours", "bound",
            "PyTorch (dense) ÷ bound", "share of the bound", "counted / dropped");
        foreach (NetworkCells row in _networks)
        {
            double ours = ValueOf(row.MnistOnOne);
            table.Add(
                row.Network.Name, Figures.Microseconds(ours),
                Figures.Times(row.DenseOnOne.Value / ours),
                Figures.Times(ValueOf(row.PeerOnOne) / ours),
                Figures.Microseconds(row.MnistBound),
                Figures.Times(ValueOf(row.PeerOnOne) / row.MnistBound),
                Figures.Ratio(row.MnistBound / ours),
                Figures.Counts(row.MnistOnOne));
        }

        return table.ToString();
    }

    private string OnTwo()
    {
        if (!MachineWatch.HasTwoCores)
            return "Not measured: this machine has one core.\n";
        MarkdownTable table = new(
            "network", "data", "ours", "PyTorch, 1 thread", "PyTorch, 2 threads",
            "better PyTorch ÷ ours", "bound", "better PyTorch ÷ bound", "share of the bound",
            "counted / dropped: ours, PyTorch 1, 2");
        foreach (NetworkCells row in _networks)
        {
            AddOnTwo(table, row, "dense", row.DenseOnTwo, row.DenseBound / 2);
            if (row.MnistOnTwo is not null)
                AddOnTwo(table, row, "MNIST", row.MnistOnTwo, row.MnistBound / 2);
        }

        return table.ToString();
    }

    private static void AddOnTwo(
        MarkdownTable table, NetworkCells row, string data, Cell? cell, double bound)
    {
        double ours = ValueOf(cell);
        table.Add(
            row.Network.Name, data, Figures.Microseconds(ours),
            Peer(row.PeerOnOne), Peer(row.PeerOnTwo), Figures.Times(row.BetterPeer / ours),
            Figures.Microseconds(bound), Figures.Times(row.BetterPeer / bound),
            Figures.Ratio(bound / ours), Figures.Counts(cell, row.PeerOnOne, row.PeerOnTwo));
    }

    private MarkdownTable Parts()
    {
        MarkdownTable table = new(
            "network", "data", "threads", "gather", "forward", "loss", "dX", "dW", "update",
            "rest", "step", "counted / dropped");
        foreach (NetworkCells row in _networks)
        {
            foreach (StepParts parts in row.Parts)
            {
                table.Add(
                    [
                        row.Network.Name, parts.Data, $"{parts.Step.Threads}",
                        .. Enum.GetValues<StepPart>().Select(part => WithBound(
                            parts.Of(part), row.BoundOf(parts.Work, part) / parts.Step.Threads)),
                        Figures.Microseconds(parts.Rest),
                        WithBound(
                            parts.Step.Value, row.BoundOf(parts.Work) / parts.Step.Threads),
                        Figures.Counts(parts.Step),
                    ]);
            }
        }

        return table;
    }

    private static string WithBound(double value, double bound) =>
        Figures.Microseconds(value)
        + (double.IsNaN(bound) ? "" : $" ({Figures.Microseconds(bound)})");

    private static string Peer(Cell? cell) =>
        cell is null ? "not installed" : Figures.Microseconds(cell.Value);

    private static double ValueOf(Cell? cell) => cell?.Value ?? double.NaN;
}
