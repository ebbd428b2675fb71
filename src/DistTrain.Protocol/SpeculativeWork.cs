using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>
/// Who is asked for a node that has not come: the workers other than the one whose duty it is, in
/// turn, and that one last. So every live worker is asked in the end, whatever is lost. Several
/// slices that report one node within a retry's time are answered once.
/// </summary>
internal sealed class SpeculativeWork
{
    private readonly Dictionary<(long Step, TreeNode Node), (int Attempts, long At)> _asked = [];

    public void Clear() => _asked.Clear();

    /// <summary>Steps before this one are done.</summary>
    public void ForgetBefore(long step)
    {
        if (_asked.Count > 0)
        {
            foreach ((long Step, TreeNode Node) past in _asked.Keys.Where(k => k.Step < step))
            {
                _asked.Remove(past);
            }
        }
    }

    /// <summary>The worker to ask now; null if one was asked just now, or none is there.</summary>
    public WorkerId? Next(
        long step, TreeNode node, WorkerId? holder, ImmutableArray<WorkerId> live, long now)
    {
        (int attempts, long at) = _asked.GetValueOrDefault((step, node), (0, long.MinValue));
        if (live.IsEmpty || (attempts > 0 && now - at < ProtocolTicks.Retry / 2))
        {
            return null;
        }

        _asked[(step, node)] = (attempts + 1, now);
        int own = holder is { } h ? live.IndexOf(h) : -1;
        int others = own < 0 ? live.Length : live.Length - 1;
        int turn = attempts % live.Length;
        if (turn == others)
        {
            return live[own];
        }

        // Different nodes begin with different workers.
        int index = (turn + node.Start) % others;
        return live[own >= 0 && index >= own ? index + 1 : index];
    }
}
