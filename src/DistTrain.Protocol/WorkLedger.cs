using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>Nodes that one worker is to compute.</summary>
internal readonly record struct Share(WorkerId Worker, ImmutableArray<TreeNode> Nodes);

/// <summary>
/// Who is to compute which node of one step or evaluation, as the coordinator knows it: by the
/// assignment at first, then as it hands the nodes of lost workers to others. Written out only
/// when someone is lost, so that an undisturbed step costs nothing here.
/// </summary>
/// <remarks>
/// Invariant: at any time every node is the duty of a live worker that knows of it, or waits
/// here for one to join. What a lost worker may have pushed already is computed twice, which
/// costs time, never bits.
/// </remarks>
internal sealed class WorkLedger
{
    private readonly List<(TreeNode Node, WorkerId Worker)> _duties = [];
    private readonly List<TreeNode> _nobodys = [];
    private Assignment? _assignment;
    private int _leaves;
    private bool _isWrittenOut;
    private int _handOvers;

    /// <summary>The step; −1 while closed.</summary>
    public long Step { get; private set; } = -1;

    public bool IsOpen => Step >= 0;

    public void Open(long step, Assignment assignment, int leaves)
    {
        Close();
        (Step, _assignment, _leaves) = (step, assignment, leaves);
        if (assignment.Workers.IsEmpty)
        {
            _nobodys.Add(new TreeNode(0, leaves));
            _isWrittenOut = true;
        }
    }

    public void Close()
    {
        _duties.Clear();
        _nobodys.Clear();
        _isWrittenOut = false;
        Step = -1;
    }

    /// <summary>The worker is gone: its nodes are nobody's.</summary>
    public void Release(WorkerId worker)
    {
        WriteOut();
        for (int i = _duties.Count - 1; i >= 0; i--)
        {
            if (_duties[i].Worker == worker)
            {
                _nobodys.Add(_duties[i].Node);
                _duties.RemoveAt(i);
            }
        }
    }

    /// <summary>Releases all whom the assignment names and the roster does not.</summary>
    public void ReleaseAllBut(Roster roster)
    {
        foreach (WorkerId worker in _assignment!.Workers)
        {
            if (!roster.Contains(worker))
            {
                Release(worker);
            }
        }
    }

    /// <summary>Gives nobody's nodes to live workers, cut so that each gets a like share.</summary>
    public IReadOnlyList<Share> HandOver(ImmutableArray<WorkerId> live)
    {
        if (_nobodys.Count == 0 || live.IsEmpty)
        {
            return [];
        }

        _nobodys.Sort(WorkDivision.LargestFirst);
        while (_nobodys.Count < live.Length && !_nobodys[0].IsLeaf)
        {
            WorkDivision.SplitLargest(_nobodys);
        }

        // A different worker begins each time, so that single nodes do not all go to the first.
        int busy = Math.Min(live.Length, _nobodys.Count);
        var shares = new Share[busy];
        for (int i = 0; i < busy; i++)
        {
            WorkerId worker = live[(_handOvers + i) % live.Length];
            var nodes = ImmutableArray.CreateBuilder<TreeNode>();
            for (int j = i; j < _nobodys.Count; j += busy)
            {
                nodes.Add(_nobodys[j]);
                _duties.Add((_nobodys[j], worker));
            }

            shares[i] = new Share(worker, nodes.ToImmutable());
        }

        _handOvers++;
        _nobodys.Clear();
        return shares;
    }

    /// <summary>Whose duty is what now, one share a worker; none while closed.</summary>
    public IReadOnlyList<Share> Shares()
    {
        if (!IsOpen)
        {
            return [];
        }

        WriteOut();
        return [.. _duties.GroupBy(duty => duty.Worker).Select(duties =>
            new Share(duties.Key, [.. duties.Select(duty => duty.Node)]))];
    }

    /// <summary>A part of what is missing, and whose duty it is; nobody's if unknown.</summary>
    public IEnumerable<(TreeNode Node, WorkerId? Holder)> PartsOf(TreeNode missing)
    {
        WriteOut();
        bool isKnown = false;
        foreach ((TreeNode node, WorkerId worker) in _duties)
        {
            if (node.Contains(missing) || missing.Contains(node))
            {
                isKnown = true;
                yield return (node.Contains(missing) ? missing : node, worker);
            }
        }

        if (!isKnown)
        {
            yield return (missing, null);
        }
    }

    /// <summary>The worker has, or may have, a part in it.</summary>
    public bool Concerns(WorkerId worker) =>
        IsOpen && (_isWrittenOut
            ? _duties.Exists(duty => duty.Worker == worker)
            : _assignment!.Workers.Contains(worker));

    private void WriteOut()
    {
        if (_isWrittenOut)
        {
            return;
        }

        _isWrittenOut = true;
        ImmutableArray<WorkerId> workers = _assignment!.Workers;
        ImmutableArray<TreeNode>[] shares = WorkDivision.Divide(workers.Length, _leaves);
        for (int i = 0; i < workers.Length; i++)
        {
            foreach (TreeNode node in shares[i])
            {
                _duties.Add((node, workers[i]));
            }
        }
    }
}
