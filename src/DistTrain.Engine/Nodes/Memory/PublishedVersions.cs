using DistTrain.Learning;
using DistTrain.Protocol;
using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>
/// A slice's parameters, by version: the one held and the one before, and older ones for as long
/// as a connection is sending them, or a worker of this machine reads them here. A slow worker so
/// keeps a version from being overwritten, and nobody waits for it.
/// </summary>
/// <remarks>
/// The slice's actor begins versions and reads them; connections open and close them. Each
/// connection has at most one under way and two waiting, and as many lent as a worker keeps, so
/// blocks are a few for each connection at most, and two or three in all as long as all keep up.
/// </remarks>
/// <param name="slice">Whose.</param>
/// <param name="interval">Of the slice.</param>
/// <param name="firstUse">Where its counts of uses begin: a handle that was given for the slice as
/// it was here before is noticed.</param>
/// <param name="memory">Where parameters are made.</param>
internal sealed class PublishedVersions(
    SliceId slice, ParameterInterval interval, int firstUse, TensorMemory memory)
{
    private readonly Lock _gate = new();
    private readonly List<Block> _blocks = [];
    private Block? _newest;
    private Block? _before;

    /// <summary>Blocks made so far.</summary>
    public int Blocks => _blocks.Count;

    /// <summary>The parameters of a version that is held, (interval).</summary>
    public Memory<float> Of(long version) => Find(version).Numbers.Values;

    /// <summary>What a publication of that version carries.</summary>
    public TensorHandle HandleOf(long version)
    {
        Block block = Find(version);
        return new NodeHandle(TensorKind.Published, slice.Value, block.Place, block.Use)
            .ToTensor();
    }

    /// <summary>Room for another version, (interval); the one before the newest is given up.
    /// </summary>
    public Memory<float> Begin(long version)
    {
        lock (_gate)
        {
            Block block = _blocks.Find(b => b.IsFree && b != _newest) ?? Add();
            block.Begin(version, memory);
            _before = _newest == block ? null : _newest;
            _newest = block;
            return block.Numbers.Values;
        }
    }

    /// <summary>A connection is going to send it.</summary>
    public TensorPayload Open(NodeHandle handle)
    {
        lock (_gate)
        {
            Block block = _blocks[handle.Place];
            if (block.Use != handle.Use)
            {
                throw new InvariantException(
                    $"version {block.Version} of slice {slice.Value} stands where an older one "
                    + "was to be sent from");
            }

            block.Senders++;
            return new TensorPayload(
                TensorEncoding.Binary32, block.Numbers.Bytes, Lender: block.Numbers.Lender);
        }
    }

    /// <summary>It has been sent, or never will be.</summary>
    public void Close(NodeHandle handle)
    {
        lock (_gate)
        {
            if (handle.Place < _blocks.Count && _blocks[handle.Place].Use == handle.Use)
            {
                _blocks[handle.Place].Senders--;
            }
        }
    }

    private Block Find(long version)
    {
        Block? block = _newest?.Version == version ? _newest : _before;
        return block?.Version == version
            ? block
            : throw new InvariantException($"version {version} is not held");
    }

    private Block Add()
    {
        if (_blocks.Count == NodeHandle.MostPlaces)
        {
            throw new InvariantException("too many versions are being sent");
        }

        var block = new Block(
            _blocks.Count,
            memory.Allocate(interval.Length, UpdateStreams.ParametersOf(_blocks.Count)), firstUse);
        _blocks.Add(block);
        return block;
    }

    private sealed class Block
    {
        public Block(int place, TensorBlock numbers, int firstUse)
        {
            Place = place;
            Use = firstUse;
            Numbers = numbers;
        }

        public int Place { get; }

        public TensorBlock Numbers { get; private set; }

        public long Version { get; private set; } = -1;

        public int Use { get; private set; }

        /// <summary>Nobody reads it but perhaps the slice.</summary>
        public bool IsFree => Senders == 0 && (Numbers.IsHome || Numbers.IsLost);

        /// <summary>Messages that carry it and are not sent yet.</summary>
        public int Senders { get; set; }

        public void Begin(long version, TensorMemory memory)
        {
            if (Numbers.IsLost)
            {
                Numbers = Numbers.Successor(memory);
            }

            Use = NodeHandle.NextUse(Use);
            Version = version;
        }
    }
}
