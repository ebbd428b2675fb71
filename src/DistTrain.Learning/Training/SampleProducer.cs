using System.Runtime.ExceptionServices;

namespace DistTrain.Learning;

/// <summary>
/// Makes generated samples before they are needed, on background threads: those to train on in the
/// order of an epoch, then those to validate and to test on. Nobody waits for it: who needs a
/// sample that is not there yet makes it. Other data have nothing to make, and no thread starts.
/// </summary>
public sealed class SampleProducer : IDisposable
{
    private const int MaxThreads = 8;

    /// <summary>Samples that a thread takes at a time: few, so that the order holds.</summary>
    private const int ChunkSamples = 32;

    private readonly List<Queue> _queues = [];
    private readonly Thread[] _threads;
    private volatile bool _isStopped;
    private Exception? _failure;

    private SampleProducer(TrainingTask task, int epoch)
    {
        DataSplit data = task.Data;
        Add(data.Training, data.Training.IsGenerated ? task.Batches.Order(epoch) : []);
        Add(data.Validation, order: null);
        Add(data.Test, order: null);

        // The one that starts it has other work for a core.
        int threads = Math.Clamp(Environment.ProcessorCount - 1, 1, MaxThreads);
        _threads = new Thread[_queues.Count == 0 ? 0 : threads];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = $"samples {i}" };
        }
    }

    /// <summary>Returns at once.</summary>
    /// <param name="task">The task whose samples will be read.</param>
    /// <param name="epoch">The epoch that is trained first.</param>
    public static SampleProducer Start(TrainingTask task, int epoch)
    {
        ArgumentNullException.ThrowIfNull(task);
        var producer = new SampleProducer(task, epoch);
        foreach (Thread thread in producer._threads)
        {
            thread.Start();
        }

        return producer;
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

    private void Run()
    {
        try
        {
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
