using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

/// <summary>Many real schedules: threads give up their core at random moments, workers fail at
/// random, and nothing may change.</summary>
public sealed class JitterTests
{
    private static readonly TrainingTask Task = TinyTasks.Make(
        TinyTasks.Golden with { Epochs = 1 }, validation: 100, test: 40);

    private static readonly string Expected = TinyTasks.HashOf(Task);

    [Fact]
    public void A_hundred_schedules_give_the_same_weights()
    {
        for (int seed = 0; seed < 120; seed++)
        {
            var random = new Random(seed);
            int workers = random.Next(1, 14);
            int slices = random.Next(1, 4);
            int threads = random.Next(1, 3);
            bool fails = random.Next(3) == 0;
            RunResult result = Run(seed, workers, slices, threads, fails);

            string what = $"seed {seed}: {workers} workers, {slices} slices, {threads} threads";
            result.Outcome.ShouldBe(RunOutcome.Completed, $"{what}: {result.Cause}");
            result.WeightsSha256.ShouldBe(Expected, what);
        }
    }

    private static RunResult Run(int seed, int workers, int slices, int threads, bool fails)
    {
        int failures = 0;
        void Disturb(int salt, bool mayFail)
        {
            // Random.Shared would do, but a seed at least fixes who yields how often.
            int dice = HashCode.Combine(seed, salt) & 0xFF;
            for (int i = 0; i < dice % 4; i++)
            {
                Thread.Yield();
            }

            if (mayFail && dice > 240 && Interlocked.Increment(ref failures) <= 2)
            {
                throw new InvalidOperationException("jitter");
            }
        }

        return LocalEngine.Run(
            Task,
            new RunOptions { Workers = workers, ParameterServers = slices, Threads = threads },
            new Watcher(),
            new LocalHooks
            {
                BeforeGradient = (worker, step, node) =>
                    Disturb(HashCode.Combine(worker, step, node), fails),
                BeforeUpdate = (slice, step) => Disturb(HashCode.Combine(slice, step), false),
                BeforeEvaluation = (worker, set, node) =>
                    Disturb(HashCode.Combine(worker, set, node), fails),
            },
            CancellationToken.None);
    }
}
