using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>The live workers, by id, and the number of the assignment that names them.</summary>
internal sealed class Roster
{
    public ImmutableArray<WorkerId> Live { get; private set; } = [];

    /// <summary>Raised by every change, so an assignment of this number names live workers
    /// only.</summary>
    public int Number { get; private set; }

    public Assignment Assignment => new(Number, Live);

    public bool Contains(WorkerId worker) => IndexOf(worker) >= 0;

    public void Add(WorkerId worker)
    {
        int index = IndexOf(worker);
        Invariant.Holds(index < 0, "a worker is on the roster once");
        Live = Live.Insert(~index, worker);
        Number++;
    }

    public void Remove(WorkerId worker)
    {
        int index = IndexOf(worker);
        Invariant.Holds(index >= 0, "only a live worker can be lost");
        Live = Live.RemoveAt(index);
        Number++;
    }

    /// <summary>Assignments from now on have numbers above that of another coordinator.</summary>
    public void NumberAbove(int number) => Number = Math.Max(Number, number + 1);

    /// <summary>An assignment that has nobody compute.</summary>
    public Assignment Nobody() => new(++Number, []);

    private int IndexOf(WorkerId worker) => Live.BinarySearch(worker, ById);

    private static readonly IComparer<WorkerId> ById =
        Comparer<WorkerId>.Create((a, b) => a.Value.CompareTo(b.Value));
}
