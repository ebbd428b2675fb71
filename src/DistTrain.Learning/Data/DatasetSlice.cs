namespace DistTrain.Learning;

/// <summary>A run of a data set's samples as a data set of its own; nothing is copied.</summary>
public sealed class DatasetSlice : Dataset
{
    private readonly Dataset _whole;
    private readonly int _start;
    private readonly Lazy<string> _contentSha256;

    /// <param name="whole">The data set to look into.</param>
    /// <param name="start">Its first sample in the slice.</param>
    /// <param name="count">Samples in the slice, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The slice leaves the data set.</exception>
    public DatasetSlice(Dataset whole, int start, int count)
    {
        ArgumentNullException.ThrowIfNull(whole);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, whole.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, whole.Count - start);

        // A slice of a slice looks into the original: reading stays one step away.
        (_whole, _start) = whole is DatasetSlice slice
            ? (slice._whole, slice._start + start)
            : (whole, start);
        Count = count;
        _contentSha256 = new Lazy<string>(
            () => Count == _whole.Count ? _whole.ContentSha256 : ContentHash.Of(this));
    }

    public override string Name => _whole.Name;

    public override int Count { get; }

    public override int Features => _whole.Features;

    public override int Classes => _whole.Classes;

    public override (int Rows, int Columns)? ImageShape => _whole.ImageShape;

    public override bool IsBytes => _whole.IsBytes;

    public override bool IsGenerated => _whole.IsGenerated;

    public override string ContentSha256 => _contentSha256.Value;

    public override int Label(int index) => _whole.Label(At(index));

    public override ReadOnlySpan<byte> ReadBytes(int index) => _whole.ReadBytes(At(index));

    public override void ExpectRandomReads() => _whole.ExpectRandomReads();

    public override void Prefetch(int index) => _whole.Prefetch(At(index));

    public override void ReadFloats(int index, Span<float> destination) =>
        _whole.ReadFloats(At(index), destination);

    private int At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
            (uint)index, (uint)Count, nameof(index));
        return _start + index;
    }
}
