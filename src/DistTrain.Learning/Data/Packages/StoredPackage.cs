using Microsoft.Win32.SafeHandles;

namespace DistTrain.Learning;

/// <summary>A complete package in the cache, open to read.</summary>
internal sealed class StoredPackage : IPackageSource, IDisposable
{
    private readonly SafeFileHandle _file;

    /// <exception cref="IOException">It is not there, or not to be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It is not to be read.</exception>
    public StoredPackage(string path)
    {
        _file = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        Bytes = RandomAccess.GetLength(_file);
    }

    public long Bytes { get; }

    public void Read(long offset, Span<byte> destination) =>
        CacheFiles.ReadExactly(_file, offset, destination);

    public void Dispose() => _file.Dispose();
}
