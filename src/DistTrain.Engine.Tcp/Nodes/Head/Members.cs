using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// The nodes that are connected to the head. A process that comes back keeps its number; another
/// one takes the lowest that is free.
/// </summary>
/// <remarks>Changes are made under the head's gate; what is read without it is replaced, never
/// changed.</remarks>
internal sealed class Members
{
    private readonly Dictionary<(NodeKind, int), Guid> _last = [];
    private volatile Member[] _all = [];
    private volatile Member?[] _readyWorkers = [];

    public IReadOnlyList<Member> All => _all;

    public int ReadyWorkers => _readyWorkers.Count(worker => worker is not null);

    public int Ready(NodeKind kind) =>
        _all.Count(member => member.Kind == kind && member.IsReady);

    /// <summary>The worker of that id, if it is ready.</summary>
    public Member? Find(WorkerId worker)
    {
        Member?[] ready = _readyWorkers;
        return worker.Value >= 0 && worker.Value < ready.Length ? ready[worker.Value] : null;
    }

    /// <summary>All workers that are ready, by id; null where one is missing.</summary>
    public ReadOnlySpan<Member?> Workers => _readyWorkers;

    public Member? Find(Link link) => Array.Find(_all, member => member.Link == link);

    public Member? Find(Guid node) => Array.Find(_all, member => member.Node == node);

    /// <summary>A node has connected.</summary>
    public Member Add(Hello hello, Link link)
    {
        int ordinal = OrdinalBefore(hello) ?? Enumerable.Range(0, int.MaxValue)
            .First(number => !IsTaken(hello.Kind, number));
        _last[(hello.Kind, ordinal)] = hello.Node;
        var member = new Member(hello.Node, hello.Kind, ordinal, hello.Name, link);
        _all = [.. _all, member];
        return member;
    }

    /// <summary>It is ready.</summary>
    public void BecomeReady(Member member)
    {
        member.IsReady = true;
        Refresh();
    }

    /// <summary>It is gone.</summary>
    public void Remove(Member member)
    {
        _all = [.. _all.Where(other => other != member)];
        Refresh();
    }

    private void Refresh()
    {
        var workers = _all.Where(member => member.Kind == NodeKind.Worker && member.IsReady);
        var byId = new Member?[
            1 + workers.Select(worker => worker.Ordinal).DefaultIfEmpty(-1).Max()];
        foreach (Member worker in workers)
        {
            byId[worker.Ordinal] = worker;
        }

        _readyWorkers = byId;
    }

    /// <summary>The number that this process had, unless another has taken it since.</summary>
    private int? OrdinalBefore(Hello hello)
    {
        foreach (((NodeKind kind, int ordinal), Guid node) in _last)
        {
            if (kind == hello.Kind && node == hello.Node && !IsTaken(kind, ordinal))
            {
                return ordinal;
            }
        }

        return null;
    }

    private bool IsTaken(NodeKind kind, int ordinal) =>
        Array.Exists(_all, member => member.Kind == kind && member.Ordinal == ordinal);
}
