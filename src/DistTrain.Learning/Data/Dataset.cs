namespace DistTrain.Learning;

/// <summary>
/// Labelled samples, immutable and safe to read from any thread. A sample is a row of raw numbers
/// (bytes where the data are pixels); <see cref="FeatureScaling"/> turns them into inputs.
/// </summary>
public abstract class Dataset
{
    /// <summary>What a user calls it, for messages and reports.</summary>
    public abstract string Name { get; }

    /// <summary>Samples.</summary>
    public abstract int Count { get; }

    /// <summary>Numbers in a sample.</summary>
    public abstract int Features { get; }

    /// <summary>Labels are 0 … Classes − 1.</summary>
    public abstract int Classes { get; }

    /// <summary>Rows and columns of a sample that is an image, else null.</summary>
    public virtual (int Rows, int Columns)? ImageShape => null;

    /// <summary>SHA-256, lower-case hex, of what training reads: shape, values, labels.</summary>
    public abstract string ContentSha256 { get; }

    /// <summary>True where a sample's numbers are bytes: <see cref="ReadBytes"/> works.</summary>
    public abstract bool IsBytes { get; }

    /// <summary>True where a sample is made when it is first read, which takes a while.</summary>
    public virtual bool IsGenerated => false;

    public abstract int Label(int index);

    /// <summary>The bytes of a sample, (Features); NotSupportedException if not bytes.</summary>
    public abstract ReadOnlySpan<byte> ReadBytes(int index);

    /// <summary>Samples will be read in random order, many times: memory may be arranged for it.
    /// </summary>
    public virtual void ExpectRandomReads()
    {
    }

    /// <summary>The sample will be read soon: its bytes may be brought to the cache.</summary>
    public virtual void Prefetch(int index)
    {
    }

    /// <summary>The numbers of a sample, (Features); for bytes, 0 … 255.</summary>
    public abstract void ReadFloats(int index, Span<float> destination);
}
