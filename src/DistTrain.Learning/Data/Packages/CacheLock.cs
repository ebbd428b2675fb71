namespace DistTrain.Learning;

/// <summary>
/// Who downloads a package: one process, and one worker in it, at a time. The operating system
/// gives the lock back where a process dies. There are 16 lock files, by the first digit of the
/// hash; they are never removed, since one that is removed can be locked twice.
/// </summary>
internal static class CacheLock
{
    // EWOULDBLOCK on Linux and on macOS, ERROR_SHARING_VIOLATION.
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    /// <returns>Null where another has it.</returns>
    /// <exception cref="IOException">There can be no lock in the folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not to be written.</exception>
    public static IDisposable? TryTake(string folder, string sha256)
    {
        try
        {
            return File.OpenHandle(
                Path.Combine(folder, $"lock-{sha256[0]}"),
                FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (HeldByAnother.Contains(e.HResult))
        {
            return null;
        }
    }
}
