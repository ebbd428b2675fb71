namespace DistTrain.Learning;

/// <summary>
/// Data packages on this machine by their hash, for all workers on it and for later runs. What
/// leaves it was compared with its hash; a damaged file is removed. It stays within its size: the
/// packages that were not used for the longest time go first.
/// </summary>
public sealed class PackageCache
{
    public const long DefaultBytes = 4L << 30;

    private readonly string _folder;
    private readonly long _mostBytes;

    /// <param name="folder">Made when there is something to put into it.</param>
    /// <param name="mostBytes">A package that is larger is not kept.</param>
    public PackageCache(string folder, long mostBytes = DefaultBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfNegative(mostBytes);
        _folder = folder;
        _mostBytes = mostBytes;
    }

    /// <summary>The one beside the downloaded data sets.</summary>
    public static PackageCache In(DataFolders folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        return new PackageCache(Path.Combine(folders.Cache, "by-hash"));
    }

    /// <summary>Where a package is once it is complete.</summary>
    /// <exception cref="ArgumentException">Not a hash.</exception>
    public string PathOf(string sha256) => PathOf(sha256, CacheFiles.Complete);

    /// <summary>The data of a package that is here and undamaged, else null. All is read.</summary>
    /// <exception cref="ArgumentException">Not a hash.</exception>
    public DataSplit? TryOpen(string sha256)
    {
        string path = PathOf(sha256);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var package = new StoredPackage(path);
            if (PackageIdentity.Of(package).Sha256 == sha256)
            {
                DataSplit data = PackageReader.Read(package);
                CacheFiles.TryTouch(path);
                return data;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As good as not there; a download says what is wrong with the folder.
            return null;
        }
        catch (DataException)
        {
            // From a version with other limits: a download says so.
            return null;
        }

        CacheFiles.TryDelete(path);
        return null;
    }

    /// <summary>What has come of a package that is being downloaded, in bytes.</summary>
    internal long PartialBytes(string sha256)
    {
        var file = new FileInfo(PathOf(sha256, CacheFiles.Partial));
        return file.Exists ? file.Length : 0;
    }

    /// <summary>A place for a download, with what was left of one before; null where another
    /// downloads just now.</summary>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The cache cannot be written.</exception>
    internal PackageStore? TryBegin(string sha256)
    {
        Directory.CreateDirectory(_folder);
        IDisposable? taken = CacheLock.TryTake(_folder, sha256);
        if (taken is null)
        {
            return null;
        }

        try
        {
            return new FileStore(
                PathOf(sha256, CacheFiles.Partial), PathOf(sha256), taken);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Removes others so that a package of so many bytes has room.</summary>
    /// <exception cref="IOException">It is larger than the cache, or the folder is gone.
    /// </exception>
    internal void MakeRoom(string sha256, long bytes)
    {
        if (bytes > _mostBytes)
        {
            throw new IOException(
                $"{bytes:N0} bytes are more than the {_mostBytes:N0} of the cache");
        }

        CacheFiles.Shrink(_folder, _mostBytes - bytes, inUse: sha256);
    }

    /// <summary>For the user: why data are not kept here.</summary>
    internal DataException CannotKeep(Exception inner) => DataException.For(
        _folder, $"the data are not kept here ({inner.Message.TrimEnd('.')})",
        "They are in memory, and every run fetches them again: check the folder's rights and the " +
        "space on the disk", inner);

    private string PathOf(string sha256, string extension)
    {
        PackageIdentity.RequireSha256(sha256);
        return Path.Combine(_folder, sha256 + extension);
    }
}
