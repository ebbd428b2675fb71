using DistTrain.Learning;
using DistTrain.Numerics;

namespace DistTrain.Engine.Tests;

/// <summary>The arithmetic of a step leaves nothing to collect.</summary>
public sealed class ComputeAllocationTests
{
    private const int Steps = 20;

    [Theory]
    [InlineData(ModeKind.Sync)]
    [InlineData(ModeKind.LocalSteps)]
    public void Gradient_and_update_of_a_step_allocate_nothing(ModeKind mode)
    {
        // Its own task: one keeps the order of a single epoch, and runs of other tests that
        // share it would have this one make its order again.
        TrainingTask task = TinyTasks.Make(TinyTasks.Golden with
        {
            BatchSize = mode == ModeKind.Sync ? 208 : 35,
            Mode = new ModeRecipe { Kind = mode, Replicas = 3, LocalSteps = 2 },
        });
        task.Steps.StepsPerEpoch.ShouldBe(10);
        var whole = new ParameterInterval(0, task.Layout.Count);
        Kernels kernels = Kernels.For(IsaSupport.Best);
        var computer = NodeComputer.For(task, kernels);
        var optimizer = new SliceOptimizer(task, whole, kernels);
        float[] parameters = new float[whole.Length];
        float[] gradient = new float[whole.Length];
        double[] norms = new double[whole.BlockCount];
        var root = new NodeGradient[1];
        Initialization.Fill(task.Recipe, task.Layout, whole, parameters);

        // What the computation allocates is there in every round. On a machine with far too much to
        // do the runtime has put something of its own on this thread, once; what, is not known.
        var rounds = new List<long[]>();
        do
        {
            rounds.Add(AllocatedInARound());
        }
        while (rounds.Count < 3 && rounds[^1].Any(bytes => bytes > 0));

        string seen = string.Join("; ", rounds.Select(round => string.Join(" ", round)));
        rounds[^1].ShouldAllBe(bytes => bytes == 0, $"bytes by round and step: {seen}");

        long[] AllocatedInARound()
        {
            long[] allocated = new long[Steps];
            for (long step = 0; step < Steps; step++)
            {
                // Where an epoch begins its order is made; the first step makes buffers.
                bool counts = step % task.Steps.StepsPerEpoch > 1;
                long before = GC.GetAllocatedBytesForCurrentThread();
                int leaves = task.Steps.LeavesOf(step);
                BatchMetrics metrics = computer.Compute(step, 0, leaves, parameters, gradient);
                root[0] = new NodeGradient(0, leaves, gradient, metrics);
                optimizer.SquareNorms(step, root, norms);
                optimizer.Apply(
                    step, root, SliceOptimizer.FoldSquareNorms(norms), parameters, parameters);
                long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
                allocated[step] = counts ? bytes : 0;
            }

            return allocated;
        }
    }
}
