using System.Runtime.InteropServices;
using DistTrain.Numerics;

namespace DistTrain.Learning;

/// <summary>
/// Samples in an array of bytes or of binary32 numbers, (count, features) row by row. The arrays
/// given to it belong to it: they must not change afterwards.
/// </summary>
public sealed class InMemoryDataset : Dataset
{
    private readonly byte[]? _bytes;
    private readonly float[]? _floats;
    private readonly int[] _labels;
    private readonly Lazy<string> _contentSha256;

    /// <param name="name">What a user calls it.</param>
    /// <param name="values">Bytes, (labels.Length, features).</param>
    /// <param name="labels">0 … classes − 1, one a sample.</param>
    /// <param name="features">Numbers in a sample, 1 or more.</param>
    /// <param name="classes">1 or more.</param>
    /// <param name="imageShape">Rows and columns where a sample is an image.</param>
    /// <exception cref="ArgumentException">Lengths or labels that do not fit.</exception>
    public InMemoryDataset(
        string name, byte[] values, int[] labels, int features, int classes,
        (int Rows, int Columns)? imageShape = null)
        : this(name, labels, features, classes, imageShape, values?.Length ?? 0)
    {
        ArgumentNullException.ThrowIfNull(values);
        _bytes = values;
    }

    /// <inheritdoc cref="InMemoryDataset(string, byte[], int[], int, int, ValueTuple{int, int}?)"/>
    /// <param name="values">Finite numbers, (labels.Length, features).</param>
    public InMemoryDataset(
        string name, float[] values, int[] labels, int features, int classes,
        (int Rows, int Columns)? imageShape = null)
        : this(name, labels, features, classes, imageShape, values?.Length ?? 0)
    {
        ArgumentNullException.ThrowIfNull(values);
        int bad = Array.FindIndex(values, value => !float.IsFinite(value));
        if (bad >= 0)
        {
            throw new ArgumentException(
                $"value {bad % features} of sample {bad / features} is {values[bad]}, not a number",
                nameof(values));
        }

        _floats = values;
    }

    private InMemoryDataset(
        string name, int[] labels, int features, int classes,
        (int Rows, int Columns)? imageShape, int values)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (values != (long)labels.Length * features)
        {
            throw new ArgumentException(
                $"{values} values are not {labels.Length} samples of {features}", nameof(values));
        }

        if (imageShape is { } shape && (long)shape.Rows * shape.Columns != features)
        {
            throw new ArgumentException(
                $"{shape.Rows} × {shape.Columns} pixels are not {features} features",
                nameof(imageShape));
        }

        int bad = Array.FindIndex(labels, label => label < 0 || label >= classes);
        if (bad >= 0)
        {
            throw new ArgumentException(
                $"label {labels[bad]} of sample {bad} is not in 0 … {classes - 1}", nameof(labels));
        }

        Name = name;
        Features = features;
        Classes = classes;
        ImageShape = imageShape;
        _labels = labels;
        _contentSha256 = new Lazy<string>(() => ContentHash.Of(this));
    }

    public override string Name { get; }

    public override int Count => _labels.Length;

    public override int Features { get; }

    public override int Classes { get; }

    public override (int Rows, int Columns)? ImageShape { get; }

    public override bool IsBytes => _bytes is not null;

    public override string ContentSha256 => _contentSha256.Value;

    public override int Label(int index) => _labels[index];

    public override ReadOnlySpan<byte> ReadBytes(int index)
    {
        byte[] bytes = _bytes
            ?? throw new NotSupportedException($"the samples of {Name} are not bytes");
        return bytes.AsSpan(index * Features, Features);
    }

    public override void ExpectRandomReads()
    {
        if (_bytes is not null)
        {
            LargePages.TryMove<byte>(_bytes);
        }
        else
        {
            LargePages.TryMove<float>(_floats);
        }
    }

    public override void Prefetch(int index)
    {
        CachePrefetch.ToL2(MemoryMarshal.AsBytes(_labels.AsSpan(index, 1)));
        if (_bytes is not null)
        {
            CachePrefetch.ToL2(ReadBytes(index));
        }
    }

    public override void ReadFloats(int index, Span<float> destination)
    {
        if (_floats is null)
        {
            Widen(ReadBytes(index), destination);
            return;
        }

        _floats.AsSpan(index * Features, Features).CopyTo(destination);
    }

    /// <summary>Bytes as the numbers 0 … 255.</summary>
    internal static void Widen(ReadOnlySpan<byte> bytes, Span<float> destination)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            destination[i] = bytes[i];
        }
    }
}
