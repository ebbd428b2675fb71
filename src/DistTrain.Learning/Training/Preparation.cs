using System.Runtime.ExceptionServices;
using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// What can be done on idle cores while a run is set up. A step is run and thrown away, so that
/// its code is compiled. Generated samples are made before they are needed: those to train on in
/// the order of an epoch, then those to validate and to test on. Nobody waits for it: who needs
/// a sample that is not there yet makes it.
/// </summary>
public sealed class Preparation : IDisposable
{
    private const int MaxThreads = 8;

    /// <summary>Samples that a thread takes at a time: few, so that the order holds.</summary>
    private const int ChunkSamples = 32;

    private readonly TrainingTask _task;
    private readonly Isa? _isa;
    private readonly int _teamMembers;
    private readonly List<Queue> _queues = [];
    private readonly Thread[] _threads;
    private volatile bool _isStopped;
    private Exception? _failure;

    private Preparation(TrainingTask task, int epoch, Isa? isa, int teamMembers)
    {
        _task = task;
        _isa = isa;
        _teamMembers = teamMembers;
        DataSplit data = task.Data;
        Add(data.Training, data.Training.IsGenerated ? task.Batches.Order(epoch) : []);
        Add(data.Validation, order: null);
        Add(data.Test, order: null);

        // The one that starts it has other work for a core.
        int threads = _queues.Count == 0
            ? 1
            : Math.Clamp(Environment.ProcessorCount - 1, 1, MaxThreads);
        _threads = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            bool compiles = i == 0;
            _threads[i] = new Thread(() => Run(compiles))
            {
                IsBackground = true,
                Name = $"preparation {i}",
            };
        }
    }

    /// <summary>Returns at once.</summary>
    /// <param name="task">The task whose samples will be read.</param>
    /// <param name="epoch">The epoch that is trained first.</param>
    /// <param name="isa">Of the kernels to compile; null compiles none.</param>
    /// <param name="teamMembers">Threads that will train as a team; 0: none will.</param>
    public static Preparation Start(
        TrainingTask task, int epoch, Isa? isa, int teamMembers = 0)
    {
        ArgumentNullException.ThrowIfNull(task);
        var preparation = new Preparation(task, epoch, isa, teamMembers);
        foreach (Thread thread in preparation._threads)
        {
            thread.Start();
        }

        return preparation;
    }

    /// <summary>Returns when all samples are made; throws what a thread failed by.</summary>
    public void Wait()
    {
        Join();
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
    }

    /// <summary>Leaves the rest unmade; throws what a thread failed by.</summary>
    public void Finish()
    {
        _isStopped = true;
        Wait();
    }

    /// <summary>Leaves the rest unmade.</summary>
    public void Dispose()
    {
        _isStopped = true;
        Join();
    }

    private void Join()
    {
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Add(Dataset? set, int[]? order)
    {
        if (set is { IsGenerated: true })
        {
            _queues.Add(new Queue(set, order));
        }
    }

    private void Run(bool compiles)
    {
        try
        {
            if (compiles && _isa is { } isa)
            {
                if (_teamMembers > 0)
                {
                    RunTeamStep(isa);
                }
                else
                {
                    RunStep(isa);
                }
            }

            foreach (Queue queue in _queues)
            {
                while (!_isStopped && queue.MakeSome(ChunkSamples))
                {
                }
            }
        }
#pragma warning disable CA1031 // Wait and Finish tell it; readers make what is missing.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, e, null);
        }
    }

    /// <summary>What a team does with the first batch.</summary>
    private void RunTeamStep(Isa isa)
    {
        using var team = new ComputeTeam(_teamMembers, "preparation of a team");
        var trainer = new TeamTrainer(_task, team, () => Kernels.For(isa));
        trainer.Compute(0);
        trainer.Apply(0);
    }

    /// <summary>What one of two workers computes for the first batch, and an update.</summary>
    private void RunStep(Isa isa)
    {
        Kernels kernels = Kernels.For(isa);
        var parameters = new AlignedBuffer<float>(_task.Layout.Count);
        var gradient = new AlignedBuffer<float>(_task.Layout.Count);
        int microbatches = _task.Batches.MicrobatchesOf(0);
        int end = microbatches == 1 ? 1 : ReductionTree.Middle(0, microbatches);
        BatchMetrics metrics = new GradientComputer(_task, kernels)
            .Compute(0, 0, end, parameters.Span, gradient.Span);

        var block = new ParameterInterval(
            0, Math.Min(ParameterInterval.Block, _task.Layout.Count));
        var root = new NodeGradient(
            0, microbatches, gradient.Memory[..block.Length], metrics);
        new SliceOptimizer(_task, _task.BatchSteps, block, kernels).Apply(
            0, [root], _task.Recipe.ClipNorm is null ? null : 1,
            parameters.Span[..block.Length], parameters.Span[..block.Length]);
    }

    /// <summary>Samples of one set; a null order is that of their indices.</summary>
    private sealed class Queue(Dataset set, int[]? order)
    {
        private readonly int _count = order?.Length ?? set.Count;
        private int _taken;

        /// <returns>False if there were none left.</returns>
        public bool MakeSome(int samples)
        {
            int end = Interlocked.Add(ref _taken, samples);
            int first = end - samples;
            for (int i = first; i < Math.Min(end, _count); i++)
            {
                set.ReadBytes(order is null ? i : order[i]);
            }

            return first < _count;
        }
    }
}
