using System.Runtime.InteropServices;

namespace DistTrain.Engine;

/// <summary>
/// Makes a rename durable: on Unix the folder's own entry must reach the disk too. .NET opens no
/// folders, so this is fsync(2) on a descriptor from open(2). Windows orders its metadata itself.
/// </summary>
internal static class FolderFlush
{
    private const int ReadOnly = 0;
    private const int InvalidArgument = 22;

    /// <exception cref="IOException">The disk refused.</exception>
    public static void ToDisk(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            throw Failure(folder, Marshal.GetLastPInvokeError());
        }

        int result = Flush(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);

        // Some network file systems know no flush of a folder and say so; there is no more to do.
        if (result != 0 && error != InvalidArgument)
        {
            throw Failure(folder, error);
        }
    }

    private static IOException Failure(string folder, int error) =>
        new($"folder {folder}: {Marshal.GetPInvokeErrorMessage(error)}");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
