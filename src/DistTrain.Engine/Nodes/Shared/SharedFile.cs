namespace DistTrain.Engine;

/// <summary>Files in memory that processes of one user map together.</summary>
internal static class SharedFile
{
    public const string Folder = "/dev/shm";

    /// <summary>Of the path of each.</summary>
    public const string PathStart = $"{Folder}/disttrain-";

    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes one that only this user can open, its pages taken, so that no write can fail
    /// later.</summary>
    /// <exception cref="IOException">It is there already, or there is no room; or an
    /// UnauthorizedAccessException.</exception>
    public static FileStream Create(string path, long bytes)
    {
        FileStreamOptions options = Options(FileMode.CreateNew);
        options.PreallocationSize = bytes;
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Mine;
        }

        return new FileStream(path, options);
    }

    /// <exception cref="IOException">There is none; or an UnauthorizedAccessException.</exception>
    public static FileStream Open(string path) => new(path, Options(FileMode.Open));

    private static FileStreamOptions Options(FileMode mode) => new()
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
    };
}
