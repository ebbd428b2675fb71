namespace DistTrain.Benchmarks.Compare;

/// <summary>The one estimator of the comparison, for ours and for the peers.</summary>
internal static class Median
{
    /// <summary>The middle value, or the mean of the two in the middle; NaN of none.</summary>
    public static double Of(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        if (sorted.Length == 0)
            return double.NaN;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The value that a share of all are below; 0 of none.</summary>
    public static double Quantile(IReadOnlyCollection<double> values, double share) =>
        values.Order().ElementAtOrDefault((int)(share * values.Count));
}
