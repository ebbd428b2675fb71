using Microsoft.Win32.SafeHandles;

namespace DistTrain.Learning;

/// <summary>
/// A package on disk: HASH.partial, which becomes HASH.dtdata by a rename. What is in it survives
/// the process, and the next one goes on from there. Only who has the lock may open it.
/// </summary>
internal sealed class FileStore : PackageStore
{
    private readonly string _partialPath;
    private readonly string _path;
    private readonly IDisposable _cacheLock;
    private readonly SafeFileHandle _file;
    private long _bytes;

    /// <param name="partialPath">Made if it is not there.</param>
    /// <param name="path">Its name once it is complete.</param>
    /// <param name="cacheLock">Given back at the end.</param>
    /// <exception cref="IOException">It cannot be opened to write.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be opened to write.</exception>
    public FileStore(string partialPath, string path, IDisposable cacheLock)
    {
        (_partialPath, _path, _cacheLock) = (partialPath, path, cacheLock);
        _file = File.OpenHandle(
            partialPath, FileMode.OpenOrCreate, FileAccess.ReadWrite,
            FileShare.Read | FileShare.Delete);

        // The end may be torn, and of a file that is complete something has to be left to ask for.
        long length = RandomAccess.GetLength(_file);
        _bytes = Math.Max(0, length - 1) / PackageLimits.PartBytes * PackageLimits.PartBytes;
    }

    public override long Bytes => _bytes;

    public override void Read(long offset, Span<byte> destination) =>
        CacheFiles.ReadExactly(_file, offset, destination);

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        if (_bytes == 0)
        {
            RandomAccess.SetLength(_file, 0); // what is forgotten must not look like a long file
        }

        RandomAccess.Write(_file, bytes, _bytes);
        _bytes += bytes.Length;
    }

    public override void Restart() => _bytes = 0;

    // The file is not flushed to the disk: whoever opens it looks at its hash.
    public override void Keep()
    {
        RandomAccess.SetLength(_file, _bytes);
        _file.Dispose();
        File.Move(_partialPath, _path, overwrite: true);
    }

    /// <summary>What is useful later stays; an empty file is not.</summary>
    public override void Dispose()
    {
        _file.Dispose();
        if (_bytes == 0)
        {
            CacheFiles.TryDelete(_partialPath);
        }

        _cacheLock.Dispose();
    }
}
