using System.Runtime.InteropServices;

namespace DistTrain.Simulation;

/// <summary>
/// What is to happen, by time and, at one time, in the order it was added: a binary heap.
/// </summary>
internal sealed class EventQueue
{
    private readonly List<(long Time, long Order, Event What)> _heap = [];
    private long _order;

    public int Count => _heap.Count;

    public long NextTime => _heap[0].Time;

    public void Add(long time, in Event what)
    {
        _heap.Add((time, _order++, what));
        Span<(long Time, long Order, Event What)> heap = CollectionsMarshal.AsSpan(_heap);
        int at = heap.Length - 1;
        while (at > 0 && IsBefore(heap[at], heap[(at - 1) / 2]))
        {
            int parent = (at - 1) / 2;
            (heap[at], heap[parent]) = (heap[parent], heap[at]);
            at = parent;
        }
    }

    public Event Take()
    {
        Event first = _heap[0].What;
        int last = _heap.Count - 1;
        _heap[0] = _heap[last];
        _heap.RemoveAt(last);
        SinkFirst(CollectionsMarshal.AsSpan(_heap));
        return first;
    }

    private static void SinkFirst(Span<(long Time, long Order, Event What)> heap)
    {
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= heap.Length)
            {
                return;
            }

            if (child + 1 < heap.Length && IsBefore(heap[child + 1], heap[child]))
            {
                child++;
            }

            if (IsBefore(heap[at], heap[child]))
            {
                return;
            }

            (heap[at], heap[child]) = (heap[child], heap[at]);
            at = child;
        }
    }

    private static bool IsBefore(
        in (long Time, long Order, Event What) a, in (long Time, long Order, Event What) b) =>
        a.Time != b.Time ? a.Time < b.Time : a.Order < b.Order;
}
