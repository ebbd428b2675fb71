using Akka.Actor;

namespace DistTrain.Engine.Akka;

/// <summary>The nodes that take part. One keeps its number from one coordinator to the next, as
/// long as no other has it.</summary>
internal sealed class Members
{
    /// <summary>Nodes of a run.</summary>
    public const int Most = 4096;

    private readonly List<Member> _all = [];

    public IReadOnlyList<Member> All => _all;

    /// <summary>Workers that compute.</summary>
    public IEnumerable<Member> Workers => _all.Where(member => member.IsWorker && member.IsReady);

    /// <summary>Nodes that can host slices: those that do nothing else, if there are any, else
    /// the heads; by number.</summary>
    public IReadOnlyList<Member> Servers
    {
        get
        {
            Member[] servers = [.. _all.Where(member => !member.IsWorker && member.IsReady)];
            bool areDedicated = Array.Exists(servers, member => !member.IsHead);
            return [.. servers.Where(member => !areDedicated || !member.IsHead)
                .OrderBy(member => member.Ordinal)];
        }
    }

    public Member? Find(Guid id) => _all.Find(member => member.Id == id);

    public Member? Find(IActorRef node) => _all.Find(member => member.Node.Equals(node));

    public Member? FindWorker(int ordinal) =>
        _all.Find(member => member.IsWorker && member.IsReady && member.Ordinal == ordinal);

    /// <summary>Lets a node in.</summary>
    public Member Add(JoinRun join, IActorRef node, Address address)
    {
        int ordinal = join.Ordinal >= 0 && join.Ordinal < Most
            && !IsTaken(join.IsWorker, join.Ordinal)
            ? join.Ordinal
            : Enumerable.Range(0, Most + 1).First(number => !IsTaken(join.IsWorker, number));
        var member = new Member(
            join.Node, node, address, join.IsWorker, join.IsHead, ordinal, join.Name);
        _all.Add(member);
        return member;
    }

    public void Remove(Member member) => _all.Remove(member);

    private bool IsTaken(bool isWorker, int ordinal) =>
        _all.Exists(member => member.IsWorker == isWorker && member.Ordinal == ordinal);
}
