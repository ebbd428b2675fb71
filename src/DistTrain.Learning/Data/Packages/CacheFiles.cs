using Microsoft.Win32.SafeHandles;

namespace DistTrain.Learning;

/// <summary>The files of a cache of packages, and how old ones make room for new ones.</summary>
internal static class CacheFiles
{
    public const string Complete = ".dtdata";
    public const string Partial = ".partial";

    /// <summary>A download that nobody has touched for so long is not being written.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    /// <summary>
    /// Removes the packages that were not used for the longest time until so many bytes are left,
    /// and before them downloads that were abandoned.
    /// </summary>
    /// <param name="folder">Of the cache.</param>
    /// <param name="mostBytes">What may stay.</param>
    /// <param name="inUse">The hash whose files are left alone, and not counted.</param>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static void Shrink(string folder, long mostBytes, string inUse)
    {
        DateTime longAgo = DateTime.UtcNow - Abandoned;
        FileInfo[] files =
        [
            .. new DirectoryInfo(folder).EnumerateFiles()
                .Where(file => file.Extension is Complete or Partial)
                .Where(file => Path.GetFileNameWithoutExtension(file.Name) != inUse)
                .OrderBy(file => file.Extension == Complete)
                .ThenBy(file => file.LastWriteTimeUtc),
        ];
        long bytes = files.Sum(file => file.Length);
        foreach (FileInfo file in files)
        {
            bool isBeingWritten = file.Extension == Partial && file.LastWriteTimeUtc > longAgo;
            if (bytes <= mostBytes)
            {
                return;
            }

            if (!isBeingWritten && TryDelete(file.FullName))
            {
                bytes -= file.Length;
            }
        }
    }

    /// <exception cref="IOException">The disk failed, or the file has become shorter.</exception>
    public static void ReadExactly(SafeFileHandle file, long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(file, destination, offset);
            if (read == 0)
            {
                throw new EndOfStreamException($"a file was cut off at {offset:N0} bytes");
            }

            destination = destination[read..];
            offset += read;
        }
    }

    /// <summary>Marks a package as used just now.</summary>
    public static void TryTouch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A cache that only others may write: they decide what stays.
        }
    }

    public static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It stays until somebody can remove it.
            return false;
        }
    }
}
