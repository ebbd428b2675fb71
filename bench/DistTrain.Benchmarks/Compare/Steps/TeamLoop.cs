using System.Diagnostics;
using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Benchmarks.Compare;

/// <summary>Training without actors by a team of one thread: what a run on one core does.</summary>
internal static class TeamLoop
{
    /// <summary>Microseconds a step over so many seconds, a tenth more before them uncounted.
    /// </summary>
    public static double Sample(TrainingTask task, double seconds)
    {
        using ComputeTeam team = new(members: 1);
        TeamTrainer trainer = new(task, team, () => Kernels.For(IsaSupport.Best));
        float[] parameters = new float[task.Layout.Count];
        Initialization.Fill(
            task.Recipe, task.Layout, new ParameterInterval(0, parameters.Length), parameters);
        trainer.LoadParameters(parameters);
        GC.Collect();
        long step = 0;
        Run(StepTiming.WarmUp * seconds);
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
