using System.Collections.Immutable;
using DistTrain.Learning;
using DistTrain.Numerics;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>
/// Parameters as they come from the slices, each version in a flat block of its own: received
/// where the kernels read them. Which block is a version's is decided when its first part is
/// announced; a part of a block that is being read is never received into.
/// </summary>
/// <remarks>
/// A worker computes on one version while parts of the next come, of which a fast slice may have
/// published the one after that already: three blocks, and one more so that a computation that
/// nobody needs any more stands in nobody's way. Connections rent, complete and abandon; workers
/// read.
/// </remarks>
/// <param name="intervals">Of each slice, in order.</param>
/// <param name="firstUse">Where its counts of uses begin.</param>
internal sealed class ReceivedVersions(
    IReadOnlyList<ParameterInterval> intervals, int firstUse)
{
    private const int MostBlocks = 4;

    private readonly Lock _gate = new();
    private readonly List<Block> _blocks = [];

    private enum PartState
    {
        Missing,
        Receiving,
        Ready,
    }

    /// <summary>Room for a slice's part of a version that is announced.</summary>
    /// <returns>False if it is there already, not as it should be, or older than what is kept; or
    /// if there is no room just now: who needs it asks again.</returns>
    public bool TryRent(
        ParametersPublished message, TensorDescription tensor, out TensorHandle handle,
        out Memory<byte> room)
    {
        (handle, room) = (default, default);
        int slice = message.Slice.Value;
        if (slice >= intervals.Count || tensor.Encoding != TensorEncoding.Binary32
            || tensor.Elements != intervals[slice].Length)
        {
            return false;
        }

        lock (_gate)
        {
            var key = new Basis(message.Generation, message.Version);
            Block? block = _blocks.Find(b => b.Of == key) ?? Take(key);
            if (block is null || block.Parts[slice] != PartState.Missing)
            {
                return false;
            }

            block.Parts[slice] = PartState.Receiving;
            block.Receiving++;
            handle = new NodeHandle(TensorKind.Received, slice, block.Place, block.Use).ToTensor();
            room = block.Rooms[slice];
            return true;
        }
    }

    /// <summary>It has come in full.</summary>
    /// <returns>False if it is of no use any more.</returns>
    public bool TryComplete(NodeHandle handle) => End(handle, PartState.Ready);

    /// <summary>The rest will not come.</summary>
    public void Abandon(NodeHandle handle) => End(handle, PartState.Missing);

    /// <summary>The whole parameters; they stay as they are until <see cref="EndRead"/>.</summary>
    /// <returns>False if newer ones have taken their place.</returns>
    public bool TryBeginRead(
        ImmutableArray<TensorHandle> parameters, out ReadOnlyMemory<float> values)
    {
        lock (_gate)
        {
            Block? block = Find(parameters);
            values = block is null ? default : block.Values.Memory;
            if (block is not null)
            {
                block.Readers++;
            }

            return block is not null;
        }
    }

    public void EndRead(ImmutableArray<TensorHandle> parameters)
    {
        lock (_gate)
        {
            _blocks[NodeHandle.Of(parameters[0]).Place].Readers--;
        }
    }

    /// <summary>Nothing is held any more. What is still being received then is of no use.
    /// </summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (Block block in _blocks)
            {
                block.Of = null;
            }
        }
    }

    private bool End(NodeHandle handle, PartState state)
    {
        lock (_gate)
        {
            if (handle.Place >= _blocks.Count || _blocks[handle.Place].Use != handle.Use)
            {
                return false; // of a run before
            }

            Block block = _blocks[handle.Place];
            block.Receiving--;
            block.Parts[handle.Slice] = state;
            return block.Of is not null;
        }
    }

    private Block? Find(ImmutableArray<TensorHandle> parameters)
    {
        NodeHandle first = NodeHandle.Of(parameters[0]);
        Block block = _blocks[first.Place];
        bool isHeld = block.Of is not null && block.Use == first.Use
            && Array.TrueForAll(block.Parts, part => part == PartState.Ready);
        foreach (TensorHandle part in parameters)
        {
            NodeHandle handle = NodeHandle.Of(part);
            isHeld &= (handle.Place, handle.Use) == (first.Place, first.Use);
        }

        return isHeld ? block : null;
    }

    /// <summary>An unused block, a new one, or that of the oldest version that no step needs any
    /// more.</summary>
    private Block? Take(Basis key)
    {
        Block? block = Unused().FirstOrDefault(b => b.Of is null);
        if (block is null && _blocks.Count < MostBlocks)
        {
            block = new Block(_blocks.Count, intervals, firstUse);
            _blocks.Add(block);
        }

        block ??= Unused().Where(b => IsPast(b.Of!.Value, key)).MinBy(b => b.Of!.Value, ByAge);
        if (block is null)
        {
            return null;
        }

        block.Of = key;
        block.Use = NodeHandle.NextUse(block.Use);
        Array.Clear(block.Parts);
        return block;
    }

    /// <summary>A slice publishes v + 2 when every slice has published v + 1: step v is applied.
    /// The one before the newest may still be needed, and what a worker has begun on it.</summary>
    private static bool IsPast(Basis held, Basis by) => held.Generation != by.Generation
        ? held.Generation < by.Generation
        : held.Version <= by.Version - 2;

    private IEnumerable<Block> Unused() =>
        _blocks.Where(block => block.Readers == 0 && block.Receiving == 0);

    private static readonly Comparer<Basis> ByAge = Comparer<Basis>.Create((a, b) =>
        a.Generation != b.Generation
            ? a.Generation.CompareTo(b.Generation)
            : a.Version.CompareTo(b.Version));

    private sealed class Block
    {
        public Block(int place, IReadOnlyList<ParameterInterval> intervals, int firstUse)
        {
            Place = place;
            Use = firstUse;
            Values = new AlignedBuffer<float>(intervals.Sum(interval => interval.Length));
            Parts = new PartState[intervals.Count];
            Rooms = [.. intervals.Select(interval => new ByteView<float>(
                Values.Memory.Slice(interval.Start, interval.Length)).Memory)];
        }

        public int Place { get; }

        public AlignedBuffer<float> Values { get; }

        /// <summary>By slice.</summary>
        public PartState[] Parts { get; }

        /// <summary>By slice.</summary>
        public ImmutableArray<Memory<byte>> Rooms { get; }

        /// <summary>Whose parameters these are; null: nobody's any more.</summary>
        public Basis? Of { get; set; }

        public int Use { get; set; }

        public int Readers { get; set; }

        /// <summary>Parts that are being received.</summary>
        public int Receiving { get; set; }
    }
}
