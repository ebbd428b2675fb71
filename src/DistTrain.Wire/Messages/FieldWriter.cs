using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>Writes the fields of a message: what the protocol's types look like on the wire.
/// </summary>
internal ref struct FieldWriter(IBufferWriter<byte> output, TensorPayload? tensor)
{
    private const int GuidBytes = 16;

    private readonly MessagePackWriter _writer = new(output);
    private readonly TensorPayload? _tensor = tensor;

    /// <summary>Fields of the message written so far; parts of a field do not count.</summary>
    public int Count { get; private set; }

    /// <summary>The note of the tensor is written.</summary>
    public bool HasNote { get; private set; }

    public void WriteHeader(int number, int fields)
    {
        _writer.WriteArrayHeader(fields + 1);
        _writer.Write((long)number);
    }

    public void Write(long value)
    {
        Count++;
        _writer.Write(value);
    }

    public void Write(long? value)
    {
        if (value is { } there)
        {
            Write(there);
        }
        else
        {
            WriteNil();
        }
    }

    public void Write(bool value)
    {
        Count++;
        _writer.Write(value);
    }

    /// <summary>Cut to the limit.</summary>
    public void Write(string value)
    {
        Count++;
        _writer.Write(value.AsSpan(0, Math.Min(value.Length, WireLimits.TextCharacters)));
    }

    /// <summary>Cut to the limit of names.</summary>
    public void WriteName(string name)
    {
        Count++;
        _writer.Write(name.AsSpan(0, Math.Min(name.Length, WireLimits.NameCharacters)));
    }

    /// <summary>32 bytes, given in hexadecimal.</summary>
    public void WriteHash(string sha256)
    {
        byte[] bytes = Convert.FromHexString(sha256);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, SHA256.HashSizeInBytes);
        Count++;
        _writer.WriteBin(bytes);
    }

    public void WriteAddresses(ImmutableArray<string> addresses)
    {
        Count++;
        ThrowIfOver(addresses.Length, WireLimits.Addresses, "addresses");
        _writer.WriteArrayHeader(addresses.Length);
        int together = 0;
        foreach (string address in addresses)
        {
            int bytes = Encoding.UTF8.GetByteCount(address);
            ThrowIfOver(bytes, WireLimits.NameBytes, "bytes of an address");
            ThrowIfOver(together += bytes, WireLimits.AddressBytes, "bytes of addresses");
            _writer.Write(address);
        }
    }

    public void Write(RunId run) => Write(run.Value);

    public void Write(Guid value)
    {
        Count++;
        Span<byte> bytes = stackalloc byte[GuidBytes];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        _writer.WriteBin(bytes);
    }

    public void Write(RunId? run)
    {
        if (run is { } there)
        {
            Write(there);
        }
        else
        {
            WriteNil();
        }
    }

    public void Write(Generation generation)
    {
        Count++;
        _writer.WriteArrayHeader(2);
        _writer.Write((long)generation.Value);
        _writer.Write((long)generation.Coordinator);
    }

    public void Write(WorkerId worker) => Write((long)worker.Value);

    public void Write(SliceId slice) => Write((long)slice.Value);

    public void Write(EvaluationId evaluation) => Write((long)evaluation.Value);

    public void Write(EvaluationSet set) => Write((long)set);

    public void Write(RestoreSource source) => Write((long)source);

    public void Write(SliceCondition condition) => Write((long)condition);

    public void Write(UpdateFailure failure) => Write((long)failure);

    public void Write(NodeKind kind) => Write((long)kind);

    public void Write(TreeNode node)
    {
        Count++;
        WritePart(node);
    }

    public void Write(ImmutableArray<TreeNode> nodes)
    {
        Count++;
        ThrowIfOver(nodes.Length, WireLimits.Nodes, "nodes");
        _writer.WriteArrayHeader(nodes.Length);
        foreach (TreeNode node in nodes)
        {
            WritePart(node);
        }
    }

    public void Write(Assignment? assignment)
    {
        if (assignment is null)
        {
            WriteNil();
            return;
        }

        Count++;
        ThrowIfOver(assignment.Workers.Length, WireLimits.Workers, "workers");
        _writer.WriteArrayHeader(2);
        _writer.Write((long)assignment.Number);
        _writer.WriteArrayHeader(assignment.Workers.Length);
        foreach (WorkerId worker in assignment.Workers)
        {
            _writer.Write((long)worker.Value);
        }
    }

    public void Write(Judgement? judgement)
    {
        if (judgement is not { } there)
        {
            WriteNil();
            return;
        }

        Count++;
        _writer.WriteArrayHeader(3);
        _writer.Write(there.Version);
        _writer.Write(there.Improved);
        _writer.Write(there.Stop);
    }

    /// <summary>A handle names nothing elsewhere: the field tells how the tensor that follows the
    /// message is encoded.</summary>
    public void WriteTensor() => Write((long)_tensor!.Value.Encoding);

    /// <summary>What the engine attached to the tensor.</summary>
    public void WriteNote()
    {
        Count++;
        HasNote = true;
        _writer.WriteBin(_tensor!.Value.Note.Span);
    }

    private void WriteNil()
    {
        Count++;
        _writer.WriteNil();
    }

    private readonly void WritePart(TreeNode node)
    {
        _writer.WriteArrayHeader(2);
        _writer.Write((long)node.Start);
        _writer.Write((long)node.End);
    }

    private static void ThrowIfOver(int count, int maximum, string what)
    {
        if (count > maximum)
        {
            throw new ArgumentException($"{count} {what} do not fit into a message of {maximum}.");
        }
    }
}
