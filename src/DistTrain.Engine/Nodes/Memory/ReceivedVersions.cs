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
/// <param name="staleness">Versions that a gradient may be behind.</param>
internal sealed class ReceivedVersions(
    IReadOnlyList<ParameterInterval> intervals, int firstUse, int staleness)
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

    /// <summary>It has come in memory of another process. If it is all parameters, it is read
    /// there.</summary>
    /// <returns>False: it is to be copied.</returns>
    public bool TryAdopt(NodeHandle handle, BorrowedTensor tensor)
    {
        lock (_gate)
        {
            if (intervals.Count > 1 || handle.Place >= _blocks.Count
                || _blocks[handle.Place].Use != handle.Use)
            {
                return false;
            }

            _blocks[handle.Place].Borrowed = tensor;
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
            values = block is null ? default : block.Values;
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
            Block block = _blocks[NodeHandle.Of(parameters[0]).Place];
            block.Readers--;
            block.GiveBackIfPast();
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
                block.GiveBackIfPast();
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
            block.GiveBackIfPast();
            if (state == PartState.Ready && block.Of is { } newest)
            {
                EndBefore(newest);
            }

            return block.Of is not null;
        }
    }

    /// <summary>A single slice has applied all steps before the version that it publishes: what was
    /// borrowed for them goes back, to be written again while it is still in the caches.</summary>
    private void EndBefore(Basis newest)
    {
        if (intervals.Count > 1 || staleness > 0)
        {
            return;
        }

        foreach (Block block in _blocks)
        {
            if (block.Borrowed is not null && block.Of is { } held
                && ByAge.Compare(held, newest) < 0)
            {
                block.Of = null;
                block.GiveBackIfPast();
            }
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

        block.GiveBack();
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
        _blocks.Where(block => block.IsUnused);

    private static readonly Comparer<Basis> ByAge = Comparer<Basis>.Create((a, b) =>
        a.Generation != b.Generation
            ? a.Generation.CompareTo(b.Generation)
            : a.Version.CompareTo(b.Version));

    private sealed class Block
    {
        private readonly AlignedBuffer<float> _own;

        public Block(int place, IReadOnlyList<ParameterInterval> intervals, int firstUse)
        {
            Place = place;
            Use = firstUse;
            _own = new AlignedBuffer<float>(intervals.Sum(interval => interval.Length));
            Parts = new PartState[intervals.Count];
            Rooms = [.. intervals.Select(interval => new ByteView<float>(
                _own.Memory.Slice(interval.Start, interval.Length)).Memory)];
        }

        public int Place { get; }

        public Memory<float> Values => Borrowed?.Values ?? _own.Memory;

        /// <summary>The parameters, if they stand in memory of another process.</summary>
        public BorrowedTensor? Borrowed { get; set; }

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

        public bool IsUnused => Readers == 0 && Receiving == 0;

        /// <summary>What was borrowed is not looked at any more.</summary>
        public void GiveBack()
        {
            Borrowed?.Dispose();
            Borrowed = null;
        }

        public void GiveBackIfPast()
        {
            if (Of is null && IsUnused)
            {
                GiveBack();
            }
        }
    }
}
