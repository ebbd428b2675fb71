using System.Collections.Concurrent;
using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>What workers found in evaluations, until slice 0 has summed it up.</summary>
internal sealed class EvaluationTable
{
    private readonly ConcurrentDictionary<TensorHandle, (EvaluationId Of, EvaluationMetrics Found)>
        _entries = new();

    private long _handles;

    public TensorHandle Add(EvaluationId evaluation, EvaluationMetrics metrics)
    {
        var handle = new TensorHandle(Interlocked.Increment(ref _handles));
        _entries[handle] = (evaluation, metrics);
        return handle;
    }

    public EvaluationMetrics Of(TensorHandle handle) => _entries[handle].Found;

    /// <summary>Forgets what belongs to <paramref name="evaluation"/> or to earlier ones.</summary>
    public void Forget(EvaluationId evaluation)
    {
        foreach ((TensorHandle handle, (EvaluationId of, _)) in _entries)
        {
            if (of.Value <= evaluation.Value)
            {
                _entries.TryRemove(handle, out _);
            }
        }
    }
}
