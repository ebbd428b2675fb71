using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

/// <summary>Many real schedules: threads give up their core at random moments, workers and slices
/// fail and threads are held up at random, and nothing may change.</summary>
public sealed class JitterTests
{
    private const int Schedules = 200;

    private static readonly TrainingTask Task = TinyTasks.Make(
        TinyTasks.Golden with { Epochs = 1 }, validation: 100, test: 40);

    private static readonly string Expected = TinyTasks.HashOf(Task);

    [Fact]
    public void Two_hundred_runs_with_kills_and_pauses_give_the_same_weights()
    {
        int kills = 0, pauses = 0;
        for (int seed = 0; seed < Schedules; seed++)
        {
            var random = new Random(seed);
            var options = new RunOptions
            {
                Workers = random.Next(1, 14),
                ParameterServers = random.Next(1, 4),
                Threads = random.Next(1, 3),
            };
            var faults = new Disturbance(seed);

            RunResult result = LocalEngine.Run(
                Task, options, new Watcher(), faults.Hooks, CancellationToken.None);

            string what = $"seed {seed}: {options.Workers} workers, "
                + $"{options.ParameterServers} slices, {options.Threads} threads";
            result.Outcome.ShouldBe(RunOutcome.Completed, $"{what}: {result.Cause}");
            result.WeightsSha256.ShouldBe(Expected, what);
            kills += faults.Kills;
            pauses += faults.Pauses;
        }

        kills.ShouldBeGreaterThan(Schedules);
        pauses.ShouldBeGreaterThan(Schedules / 4);
    }

    /// <summary>What befalls one run, as far as a seed can fix it: who is struck, not when the
    /// others run.</summary>
    private sealed class Disturbance(int seed)
    {
        // A step may fail three times; so no run meets more in all.
        private const int MostKills = 2;

        private const int MostPauses = 1;

        // From less than a step to longer than a straggler is waited for.
        private const int LongestPauseMilliseconds = 80;

        private int _kills;
        private int _pauses;

        public int Kills => Math.Min(_kills, MostKills);

        public int Pauses => Math.Min(_pauses, MostPauses);

        public EngineHooks Hooks => new()
        {
            BeforeGradient = (worker, step, node) => Strike(1, worker.Value, step, node.Start),
            BeforeUpdate = (slice, step) => Strike(2, slice.Value, step, 0),
            BeforeEvaluation = (worker, set, node) =>
                Strike(3, worker.Value, (int)set, node.Start),
        };

        private void Strike(int kind, int who, long step, int where)
        {
            // Not HashCode, which differs from process to process.
            var random = new Random(
                (((((((seed * 5) + kind) * 31) + who) * 1009) + (int)step) * 61) + where);
            for (int i = random.Next(4); i > 0; i--)
            {
                Thread.Yield();
            }

            if (random.Next(20) == 0 && Interlocked.Increment(ref _pauses) <= MostPauses)
            {
                using var never = new ManualResetEventSlim();
                never.Wait(random.Next(LongestPauseMilliseconds)).ShouldBeFalse();
            }

            if (random.Next(10) == 0 && Interlocked.Increment(ref _kills) <= MostKills)
            {
                throw new InvalidOperationException("struck");
            }
        }
    }
}
