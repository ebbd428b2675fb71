namespace DistTrain.Benchmarks.Compare;

/// <summary>Numbers as the report shows them; a number that was not measured is a dash.</summary>
internal static class Figures
{
    public const string None = "–";

    public static string Rate(double value) => Show(value, "0");

    public static string Microseconds(double value) =>
        Show(value, Math.Abs(value) < 100 ? "0.0" : "0");

    public static string Ratio(double value) => Show(value, "0.00");

    public static string Times(double value) => Show(value, "0.00 ×");

    /// <summary>Counted and dropped samples.</summary>
    public static string Counts(params Cell?[] cells) => string.Join(
        ", ", cells.Select(cell => cell is null ? None : $"{cell.Counted} / {cell.Dropped}"));

    public static double GeometricMean(IEnumerable<double> values)
    {
        double[] known = [.. values.Where(double.IsFinite)];
        return known.Length == 0 ? double.NaN : Math.Exp(known.Average(Math.Log));
    }

    private static string Show(double value, string format) =>
        double.IsFinite(value) ? value.ToString(format)
        : double.IsPositiveInfinity(value) ? "∞"
        : None;
}
