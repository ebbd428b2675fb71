using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>
/// Reads the fields of a message, in their order, and checks that each is in its range: no role
/// ever sees a negative id or an empty node. A field that is missing at the end counts as nil.
/// </summary>
internal ref struct FieldReader(MessagePackReader reader, int fields)
{
    private const int GuidBytes = 16;

    private MessagePackReader _reader = reader;
    private int _left = fields;

    /// <summary>Of the tensor that follows the message; null: none does.</summary>
    public TensorEncoding? TensorEncoding { get; private set; }

    /// <summary>Of that tensor: what the other engine attached.</summary>
    public ReadOnlyMemory<byte> Note { get; private set; }

    /// <summary>Passes over what this version does not know, and gives what follows.</summary>
    public MessagePackReader End()
    {
        for (; _left > 0; _left--)
        {
            _reader.Skip();
        }

        return _reader;
    }

    /// <summary>A number, 0 or more.</summary>
    public long Whole() => WholeFrom(0);

    /// <summary>A number, 0 or more, or −1 for none.</summary>
    public long WholeOrNone() => WholeFrom(-1);

    /// <summary>A number of 32 bits, 0 or more.</summary>
    public int Number() => Id();

    /// <summary>The same, or −1 for none.</summary>
    public int NumberOrNone()
    {
        Begin();
        return Int32(-1);
    }

    /// <summary>A number, 0 or more, or nil.</summary>
    public long? OptionalWhole() => IsNil() ? null : Whole();

    public bool Flag()
    {
        Begin();
        return _reader.ReadBool();
    }

    public string Text()
    {
        Begin();
        return _reader.ReadText(WireLimits.TextBytes);
    }

    /// <summary>What a node or a program calls itself.</summary>
    public string Name()
    {
        Begin();
        return _reader.ReadText(WireLimits.NameBytes);
    }

    /// <summary>A SHA-256 in lower-case hexadecimal.</summary>
    public string Hash()
    {
        Begin();
        ReadOnlySpan<byte> bytes = _reader.ReadBin(SHA256.HashSizeInBytes);
        return bytes.Length == SHA256.HashSizeInBytes
            ? Convert.ToHexStringLower(bytes)
            : throw Malformed($"a hash of {bytes.Length} bytes");
    }

    public ImmutableArray<string> Addresses()
    {
        Begin();
        string[] addresses = new string[_reader.ReadArrayHeader(WireLimits.Addresses)];
        for (int i = 0; i < addresses.Length; i++)
        {
            addresses[i] = _reader.ReadText(WireLimits.NameBytes);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(addresses);
    }

    public RunId Run() => new(Id128("a run id"));

    /// <summary>A run, or nil.</summary>
    public RunId? OptionalRun() => IsNil() ? null : Run();

    /// <summary>The id of a node.</summary>
    public Guid NodeId() => Id128("a node's id");

    public Generation Generation()
    {
        Begin();
        int parts = BeginPart(2);
        var generation = new Generation(Int32(0), Int32(0));
        SkipParts(parts);
        return generation;
    }

    public WorkerId Worker() => new(Id());

    public SliceId Slice() => new(Id());

    public EvaluationId Evaluation() => new(Id());

    public NodeKind Kind() => (NodeKind)Choice((int)NodeKind.Worker, (int)NodeKind.Head);

    public EvaluationSet Set() => (EvaluationSet)Choice(0, (int)EvaluationSet.Test);

    public RestoreSource Source() => (RestoreSource)Choice(0, (int)RestoreSource.Best);

    public SliceCondition Condition() => (SliceCondition)Choice(0, (int)SliceCondition.Failed);

    public UpdateFailure Failure() => (UpdateFailure)Choice(0, (int)UpdateFailure.Thrown);

    public TreeNode Node()
    {
        Begin();
        return NodePart();
    }

    public ImmutableArray<TreeNode> Nodes()
    {
        Begin();
        // A node takes three bytes or more: a count that lies cannot cost more than it sent.
        int limit = Math.Min(WireLimits.Nodes, _reader.Remaining / 3);
        TreeNode[] nodes = new TreeNode[_reader.ReadArrayHeader(limit)];
        for (int i = 0; i < nodes.Length; i++)
        {
            nodes[i] = NodePart();
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(nodes);
    }

    public Assignment Assignment()
    {
        Begin();
        int parts = BeginPart(2);
        int number = Int32(0);
        WorkerId[] workers = new WorkerId[_reader.ReadArrayHeader(WireLimits.Workers)];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = new WorkerId(Int32(0));
        }

        SkipParts(parts);
        return new Assignment(number, ImmutableCollectionsMarshal.AsImmutableArray(workers));
    }

    public Assignment? OptionalAssignment() => IsNil() ? null : Assignment();

    public Judgement? OptionalJudgement()
    {
        if (IsNil())
        {
            return null;
        }

        Begin();
        int parts = BeginPart(3);
        var judgement = new Judgement(Int64(0), _reader.ReadBool(), _reader.ReadBool());
        SkipParts(parts);
        return judgement;
    }

    /// <summary>Notes the encoding. The handle means nothing until the tensor has come.</summary>
    public TensorHandle Tensor()
    {
        Begin();
        var encoding = (TensorEncoding)Int32(0);
        TensorEncoding = encoding.ElementBytes() > 0
            ? encoding
            : throw Malformed($"no tensor encoding has the number {(int)encoding}");
        return default;
    }

    /// <summary>Keeps a copy of what is attached to the tensor.</summary>
    public void ReadNote()
    {
        Begin();
        Note = _reader.ReadBin(WireLimits.NoteBytes).ToArray();
    }

    private int Id()
    {
        Begin();
        return Int32(0);
    }

    private Guid Id128(string what)
    {
        Begin();
        ReadOnlySpan<byte> bytes = _reader.ReadBin(GuidBytes);
        return bytes.Length == GuidBytes
            ? new Guid(bytes, bigEndian: true)
            : throw Malformed($"{what} of {bytes.Length} bytes");
    }

    private int Choice(int first, int last)
    {
        Begin();
        int value = Int32(first);
        return value <= last ? value : throw Malformed($"{value} where {last} is the last choice");
    }

    private long WholeFrom(long least)
    {
        Begin();
        return Int64(least);
    }

    private TreeNode NodePart()
    {
        int parts = BeginPart(2);
        var node = new TreeNode(Int32(0), Int32(1));
        SkipParts(parts);
        return node.Start < node.End ? node : throw Malformed($"no node is {node}");
    }

    private long Int64(long least)
    {
        long value = _reader.ReadInt64();
        return value >= least ? value : throw Malformed($"{value} is less than {least}");
    }

    private int Int32(int least)
    {
        long value = _reader.ReadInt64();
        return value >= least && value <= int.MaxValue
            ? (int)value
            : throw Malformed($"{value} is out of range");
    }

    /// <returns>How many parts follow those known.</returns>
    private int BeginPart(int known)
    {
        int parts = _reader.ReadArrayHeader(WireLimits.Fields);
        return parts >= known ? parts - known : throw Malformed($"{parts} parts of {known}");
    }

    private void SkipParts(int parts)
    {
        for (; parts > 0; parts--)
        {
            _reader.Skip();
        }
    }

    private void Begin()
    {
        if (_left == 0)
        {
            throw Malformed("a field is missing");
        }

        _left--;
    }

    /// <summary>Whether the next field is nil, which is passed over, or missing.</summary>
    private bool IsNil()
    {
        if (_left > 0 && !_reader.TryReadNil())
        {
            return false;
        }

        _left = Math.Max(_left - 1, 0);
        return true;
    }

    private readonly WireException Malformed(string what) =>
        new(WireFault.Malformed, $"{what} (before byte {_reader.Position})");
}
