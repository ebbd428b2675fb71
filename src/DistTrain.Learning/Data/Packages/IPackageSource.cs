namespace DistTrain.Learning;

/// <summary>The bytes of a data package, wherever they come from; in any order.</summary>
public interface IPackageSource
{
    /// <summary>Length of the stream.</summary>
    long Bytes { get; }

    /// <summary>Fills the destination with the bytes from the offset on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all in the stream.</exception>
    void Read(long offset, Span<byte> destination);
}
