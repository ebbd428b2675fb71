using System.Runtime.InteropServices;
using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>Partial square norms that came from slices of other nodes, each in an array of its own:
/// which of them count is the protocol's to say. Those of one restore are kept at a time: a slice
/// sends norms when every slice has been restored.</summary>
internal sealed class ReceivedNorms(SliceId slice, IReadOnlyList<ParameterInterval> intervals)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, (SliceId From, long Step, double[] Values)> _entries = [];
    private Generation _generation;
    private int _count;

    /// <summary>Of each other slice two are waited for at most; as many again may come late.
    /// </summary>
    private int MostEntries => 4 * intervals.Count;

    /// <summary>Room for norms that are announced.</summary>
    /// <returns>False if they are there already, late, or not as they should be.</returns>
    public bool TryRent(
        NormPartials message, TensorDescription tensor, out TensorHandle handle,
        out Memory<byte> room)
    {
        (handle, room) = (default, default);
        int from = message.From.Value;
        if (from >= intervals.Count || tensor.Encoding != TensorEncoding.Binary64
            || tensor.Elements != intervals[from].BlockCount)
        {
            return false;
        }

        lock (_gate)
        {
            if (message.Generation > _generation)
            {
                _generation = message.Generation;
                _entries.Clear();
            }

            if (message.Generation < _generation || _entries.Count >= MostEntries
                || IsThere(message))
            {
                return false;
            }

            double[] values = new double[tensor.Elements];
            _count = NodeHandle.NextUse(_count);
            _entries.Add(_count, (message.From, message.Step, values));
            handle = new NodeHandle(TensorKind.ReceivedNorms, slice.Value, 0, _count).ToTensor();
            room = new ByteView<double>(values).Memory;
            return true;
        }
    }

    public ReadOnlySpan<double> Of(NodeHandle handle)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(handle.Use, out (SliceId, long, double[] Values) entry)
                ? entry.Values
                : throw new InvariantException("norms are gone");
        }
    }

    /// <summary>The rest will not come.</summary>
    public void Remove(NodeHandle handle)
    {
        lock (_gate)
        {
            _entries.Remove(handle.Use);
        }
    }

    /// <summary>Steps before <paramref name="step"/> are applied.</summary>
    public void FreeBefore(long step)
    {
        lock (_gate)
        {
            foreach ((int key, (_, long of, _)) in _entries)
            {
                if (of < step)
                {
                    _entries.Remove(key);
                }
            }
        }
    }

    private bool IsThere(NormPartials message) => _entries.Values.Any(
        entry => entry.From == message.From && entry.Step == message.Step);
}
