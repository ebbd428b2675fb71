namespace DistTrain.Learning;

/// <summary>A package on its way: what has come of it, from its beginning on.</summary>
internal abstract class PackageStore : IPackageSource, IDisposable
{
    /// <inheritdoc/>
    public abstract long Bytes { get; }

    /// <inheritdoc/>
    /// <exception cref="IOException">The disk failed.</exception>
    public abstract void Read(long offset, Span<byte> destination);

    /// <exception cref="IOException">No room, or no longer a right to write; what was there before
    /// still is.</exception>
    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Forgets all.</summary>
    public abstract void Restart();

    /// <summary>It is complete and right: others shall find it.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public abstract void Keep();

    public abstract void Dispose();
}
