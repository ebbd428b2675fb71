using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>What a worker found in the evaluation under way, to be sent and, if asked, sent again.
/// </summary>
internal sealed class OutgoingMetrics
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, (EvaluationId Of, byte[] Payload)> _entries = [];
    private int _count;

    /// <summary>Adds a part; those of other evaluations are forgotten.</summary>
    public TensorHandle Add(EvaluationId evaluation, byte[] payload)
    {
        lock (_gate)
        {
            foreach ((int key, (EvaluationId of, _)) in _entries)
            {
                if (of != evaluation)
                {
                    _entries.Remove(key);
                }
            }

            _count = NodeHandle.NextUse(_count);
            _entries.Add(_count, (evaluation, payload));
            return new NodeHandle(TensorKind.Evaluation, 0, 0, _count).ToTensor();
        }
    }

    /// <summary>The payload stays as it is for as long as anybody has it.</summary>
    public TensorPayload Open(NodeHandle handle)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(handle.Use, out (EvaluationId, byte[] Payload) entry)
                ? new TensorPayload(TensorEncoding.Binary64, entry.Payload)
                : throw new InvariantException("metrics of an evaluation that is past are sent");
        }
    }
}
