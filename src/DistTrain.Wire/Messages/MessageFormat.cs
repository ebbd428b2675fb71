using System.Buffers;
using DistTrain.Protocol;

namespace DistTrain.Wire;

/// <summary>
/// How one message travels: an array of its number and its fields, in the record's order. A field
/// is added at the end and read as optional; one that is given up stays as nil (docs/adr/0007).
/// </summary>
internal abstract class MessageFormat(int number, Role from, Type type, int fields)
{
    public int Number => number;

    public Role From => from;

    public Type Type => type;

    public string Name => type.Name;

    public abstract bool HasTensor { get; }

    /// <summary>What it travels on unless the sender says otherwise.</summary>
    public WireStream Stream => IsBulk ? WireStream.Bulk
        : HasTensor ? WireStream.Step
        : WireStream.Control;

    /// <summary>No step waits for it.</summary>
    public bool IsBulk { get; init; }

    public abstract TensorHandle TensorOf(object message);

    public abstract object WithTensor(object message, TensorHandle tensor);

    public abstract object Read(ref FieldReader reader);

    public void Write(object message, TensorPayload? tensor, IBufferWriter<byte> output)
    {
        var writer = new FieldWriter(output, tensor);
        writer.WriteHeader(number, fields);
        WriteFields(ref writer, message);
        if (writer.Count != fields)
        {
            throw new InvariantException($"{Name} has {fields} fields, not {writer.Count}");
        }

        if (tensor is { Note.IsEmpty: false } && !writer.HasNote)
        {
            throw new InvariantException($"{Name} has no field for a note");
        }
    }

    protected abstract void WriteFields(ref FieldWriter writer, object message);
}

/// <summary>Writes the fields of a message.</summary>
internal delegate void WriteFields<T>(ref FieldWriter writer, T message);

/// <summary>Reads the fields of a message.</summary>
internal delegate T ReadFields<T>(ref FieldReader reader);

/// <summary>The format of <typeparamref name="T"/>.</summary>
internal sealed class MessageFormat<T>(
    int number, Role from, int fields, WriteFields<T> write, ReadFields<T> read)
    : MessageFormat(number, from, typeof(T), fields)
    where T : class
{
    /// <summary>For a message that carries a tensor: its handle.</summary>
    public Func<T, TensorHandle>? Tensor { get; init; }

    /// <summary>For a message that carries a tensor: the same with another handle.</summary>
    public Func<T, TensorHandle, T>? Replace { get; init; }

    public override bool HasTensor => Tensor is not null;

    public override TensorHandle TensorOf(object message) => Tensor!((T)message);

    public override object WithTensor(object message, TensorHandle tensor) =>
        Replace!((T)message, tensor);

    public override object Read(ref FieldReader reader) => read(ref reader);

    protected override void WriteFields(ref FieldWriter writer, object message) =>
        write(ref writer, (T)message);
}
