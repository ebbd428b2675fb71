namespace DistTrain.Benchmarks.Wire;

/// <summary>What one run of a row came to.</summary>
/// <param name="MedianMicroseconds">Of a turn.</param>
/// <param name="LateMicroseconds">Of its 99th percentile.</param>
/// <param name="StreamedMegabytesPerSecond">What else the connection moved; NaN: nothing.</param>
internal readonly record struct WireTimes(
    double MedianMicroseconds, double LateMicroseconds,
    double StreamedMegabytesPerSecond = double.NaN)
{
    /// <summary>Times turns of which the first fifth warms up.</summary>
    public static WireTimes Of(int turns, Func<double> turn)
    {
        double[] times = new double[turns];
        for (int i = 0; i < turns / 5; i++)
            turn();
        for (int i = 0; i < turns; i++)
            times[i] = turn();
        Array.Sort(times);
        return new WireTimes(times[turns / 2], times[turns * 99 / 100]);
    }
}

/// <summary>A row of the report.</summary>
/// <param name="Row">Rows of the same number do the same.</param>
/// <param name="What">A turn does.</param>
/// <param name="By">What moves the bytes.</param>
/// <param name="Turns">Of a run.</param>
/// <param name="Measure">Runs so many turns.</param>
internal sealed record WireCell(
    int Row, string What, string By, int Turns, Func<int, WireTimes> Measure)
{
    public WireTimes Best { get; private set; } = new(double.PositiveInfinity, double.NaN);

    /// <summary>A whole run counts or not: its median, tail and rate belong together.</summary>
    public void Add(WireTimes run) =>
        Best = run.MedianMicroseconds < Best.MedianMicroseconds ? run : Best;
}
