using System.Diagnostics;
using System.Text;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>Our matrix products beside those of OpenBLAS and oneDNN, one thread.</summary>
internal sealed class GemmComparison(CompareOptions options, MachineWatch watch)
{
    private const double SampleSeconds = 0.02, UsualGigaflops = 150;

    private readonly Kernels _kernels = Kernels.For(IsaSupport.Best);
    private readonly List<Row> _rows = [];
    private OpenBlas? _openBlas;
    private OneDnn? _oneDnn;

    public void Measure(Action<string> progress)
    {
        NativeEnvironment.SetForOneThread();
        _openBlas = OpenBlas.TryLoad();
        _oneDnn = OneDnn.TryLoad();
        foreach (GemmShape shape in GemmShape.All)
        {
            progress($"{shape.Name} {shape.M} × {shape.N} × {shape.K}");
            Row row = new(
                shape, OursOf(shape), TheirsOf(shape, _openBlas), TheirsOf(shape, _oneDnn));
            RoundRobin.Run(row.Cells, options.Rounds, watch, settles: false);
            _rows.Add(row);
        }
    }

    public string Report()
    {
        MarkdownTable table = new(
            "product", "m", "n", "k", "ours", "OpenBLAS", "oneDNN", "ours ÷ better",
            "share of FMA peak", "counted / dropped");
        foreach (Row row in _rows)
        {
            GemmShape shape = row.Shape;
            table.Add(
                shape.Name, $"{shape.M}", $"{shape.N}", $"{shape.K}",
                Figures.Rate(row.Ours.Value), Rate(row.OpenBlas), Rate(row.OneDnn),
                Figures.Ratio(row.Ratio), Figures.Ratio(row.Ours.Value / watch.Peak),
                Figures.Counts([.. row.Cells]));
        }

        StringBuilder text = new("## Matrix products, one thread, GFLOP/s\n\n");
        text.Append($"{_openBlas?.Name ?? $"OpenBLAS: {Peers.NotInstalled}"}; ")
            .Append($"{_oneDnn?.Name ?? $"oneDNN: {Peers.NotInstalled}"}.\n\n")
            .Append(table).Append('\n')
            .Append("Geometric mean of ours ÷ better: forward and dX ")
            .Append(MeanOf(row => row.Shape.Product != Product.WeightGradient)).Append(", dW ")
            .Append(MeanOf(row => row.Shape.Product == Product.WeightGradient))
            .Append(", all ").Append(MeanOf(_ => true)).Append(".\n");
        return text.ToString();
    }

    private static string Rate(Cell? cell) =>
        cell is null ? "not installed" : Figures.Rate(cell.Value);

    private string MeanOf(Func<Row, bool> which) => Figures.Ratio(
        Figures.GeometricMean(_rows.Where(which).Select(row => row.Ratio)));

    private Cell OursOf(GemmShape shape)
    {
        OurGemm ours = new(shape, _kernels);
        return new Cell(watch, "ours", 1, _ => GigaflopsOf(shape, ours.Multiply));
    }

    private unsafe Cell? TheirsOf(GemmShape shape, PeerGemm? peer)
    {
        if (peer is null)
            return null;
        AlignedBuffer<float> a = Numbers.Signed(shape.M * shape.K);
        AlignedBuffer<float> b = Numbers.Signed(shape.K * shape.N);
        AlignedBuffer<float> c = new(shape.M * shape.N);
        return new Cell(watch, peer.Name, 1, _ => GigaflopsOf(shape, Multiply));

        void Multiply()
        {
            fixed (float* pa = a.Span, pb = b.Span, pc = c.Span)
                peer.Multiply(shape, pa, pb, pc);
        }
    }

    private static double GigaflopsOf(GemmShape shape, Action multiply)
    {
        int times = 1 + (int)(SampleSeconds * UsualGigaflops * 1e9 / shape.Flops);
        multiply();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < times; i++)
            multiply();
        return times * shape.Flops / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }

    private sealed record Row(GemmShape Shape, Cell Ours, Cell? OpenBlas, Cell? OneDnn)
    {
        public IReadOnlyList<Cell> Cells =>
            [.. new[] { Ours, OpenBlas, OneDnn }.OfType<Cell>()];

        /// <summary>Ours over the better of the peers; NaN without any.</summary>
        public double Ratio
        {
            get
            {
                double[] peers = [.. Cells.Skip(1).Select(cell => cell.Value)];
                return peers.Length == 0 ? double.NaN : Ours.Value / peers.Max();
            }
        }
    }
}
