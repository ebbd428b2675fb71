using System.Diagnostics;
using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>Training without actors by a team of threads: of one, what a run on one core does.
/// </summary>
internal static class TeamLoop
{
    /// <summary>Microseconds a step on one thread.</summary>
    public static double Sample(TrainingTask task, double seconds) => Sample(
        task, threads: 1, seconds, () => Kernels.For(IsaSupport.Best), static () => { });

    /// <summary>Microseconds a step over so many seconds, a tenth more before them uncounted.
    /// </summary>
    /// <param name="task">From its first step.</param>
    /// <param name="threads">Members of the team.</param>
    /// <param name="seconds">To be counted.</param>
    /// <param name="kernels">Makes those of each thread.</param>
    /// <param name="begin">Called when the counted time begins.</param>
    public static double Sample(
        TrainingTask task, int threads, double seconds, Func<Kernels> kernels, Action begin)
    {
        using ComputeTeam team = new(threads);
        TeamTrainer trainer = new(task, team, kernels);
        float[] parameters = new float[task.Layout.Count];
        Initialization.Fill(
            task.Recipe, task.Layout, new ParameterInterval(0, parameters.Length), parameters);
        trainer.LoadParameters(parameters);
        GC.Collect();
        long step = 0;
        Run(StepTiming.WarmUp * seconds);
        begin();
        return Run(seconds);

        double Run(double time)
        {
            long first = step;
            long start = Stopwatch.GetTimestamp();
            TimeSpan spent;
            do
            {
                trainer.Compute(step);
                UpdateResult update = trainer.Apply(step);
                if (!update.IsFinite)
                    throw new NotFiniteNumberException($"Step {step}: {update.NotFinite}.");
                step++;
                spent = Stopwatch.GetElapsedTime(start);
            }
            while (spent.TotalSeconds < time);
            return spent.TotalMicroseconds / (step - first);
        }
    }
}
