namespace DistTrain.Engine;

/// <summary>
/// Replaces a file whole or not at all: temporary file in the same folder, flush to the disk,
/// rename, flush of the folder.
/// </summary>
internal static class AtomicFile
{
    /// <summary>Behind the name of a file that is being written.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <exception cref="CheckpointException">The disk refused; what was there is untouched and
    /// the temporary file is gone.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = path + TemporarySuffix;
        try
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            Directory.CreateDirectory(folder);
            using (var stream = new FileStream(
                temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            FolderFlush.ToDisk(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RemoveIfThere(temporary);
            throw new CheckpointException(
                path, $"could not be written ({e.Message})",
                "free space or choose another folder with --out; older files are untouched", e);
        }
    }

    private static void RemoveIfThere(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report; a left-over is overwritten next time.
        }
    }
}
