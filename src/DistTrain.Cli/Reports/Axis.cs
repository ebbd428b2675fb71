using System.Globalization;

namespace DistTrain.Cli;

/// <summary>A number axis that begins and ends on round numbers.</summary>
internal sealed class Axis
{
    /// <summary>Covers [min, max] with about so many ticks.</summary>
    public Axis(double min, double max, int ticks)
    {
        double span = max - min;
        if (!(span > 0))
        {
            span = Math.Max(Math.Abs(max), 1) * 0.1;
            (min, max) = (min - (span / 2), max + (span / 2));
        }
        Step = RoundStep(span / ticks);
        Min = Math.Floor((min / Step) + 1e-9) * Step;
        Max = Math.Ceiling((max / Step) - 1e-9) * Step;
    }

    public double Min { get; }

    public double Max { get; }

    public double Step { get; }

    public IEnumerable<double> Ticks
    {
        get
        {
            int count = (int)Math.Round((Max - Min) / Step);
            for (int i = 0; i <= count; i++)
            {
                yield return Min + (i * Step);
            }
        }
    }

    /// <summary>0 at the axis' beginning, 1 at its end.</summary>
    public double Position(double value) => (value - Min) / (Max - Min);

    public string Label(double tick)
    {
        int digits = Math.Clamp((int)Math.Ceiling(-Math.Log10(Step) - 1e-9), 0, 9);
        return tick.ToString("F" + digits, CultureInfo.InvariantCulture);
    }

    /// <summary>1, 2 or 5 times a power of ten.</summary>
    private static double RoundStep(double raw)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double lead = raw / power;
        return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    }
}
