using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>Where the time of a team's step goes: of each part the mean over the threads, and the
/// rest, in which a thread waits for another, or copies.</summary>
internal sealed class StepParts
{
    private readonly List<IReadOnlyDictionary<StepPart, double>> _samples = [];

    /// <param name="watch">Judges the samples.</param>
    /// <param name="data">Name of the data.</param>
    /// <param name="threads">1 or 2.</param>
    /// <param name="work">The arithmetic that the data leaves.</param>
    /// <param name="seconds">Of a sample.</param>
    /// <param name="task">The task of a round.</param>
    public StepParts(
        MachineWatch watch, string data, int threads, StepWork work, double seconds,
        Func<int, TrainingTask> task)
    {
        Data = data;
        Work = work;
        Step = new Cell(
            watch, $"{data} by parts, {threads} thread(s)", threads,
            round => Take(task(round), threads, seconds));
    }

    public string Data { get; }

    public StepWork Work { get; }

    /// <summary>The whole step, clocks included.</summary>
    public Cell Step { get; }

    /// <summary>What no part has.</summary>
    public double Rest => Of(sample => sample.Whole - sample.Parts.Values.Sum());

    /// <summary>Microseconds a step, the median of the samples that count.</summary>
    public double Of(StepPart part) => Of(sample => sample.Parts[part]);

    private double Of(
        Func<(double Whole, IReadOnlyDictionary<StepPart, double> Parts), double> value) =>
        Median.Of(
            [.. Step.CountedValues.Select(
                counted => value((counted.Value, _samples[counted.Index])))]);

    private double Take(TrainingTask task, int threads, double seconds)
    {
        List<TimedKernels> timed = [];
        double step = TeamLoop.Sample(
            task, threads, seconds,
            () =>
            {
                TimedKernels own = new(Kernels.For(IsaSupport.Best));
                timed.Add(own);
                return own;
            },
            () => timed.ForEach(own => own.Reset()));
        _samples.Add(Enum.GetValues<StepPart>().ToDictionary(
            part => part, part => timed.Average(own => own.Of(part))));
        return step;
    }
}
