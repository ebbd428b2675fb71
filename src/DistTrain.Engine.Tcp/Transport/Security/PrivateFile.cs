namespace DistTrain.Engine.Tcp;

/// <summary>Files with secrets: only their owner may read them.</summary>
internal static class PrivateFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    /// <summary>A file that was not there before; never readable by others, even for a moment.
    /// </summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Owner;
        }

        return new FileStream(path, options);
    }

    /// <exception cref="SecuritySetupException">It is not there, or others may read it.</exception>
    public static void Check(string path)
    {
        if (!File.Exists(path))
        {
            throw new SecuritySetupException($"there is no file {path}");
        }

        if (PemFile.OpenToOthers(path))
        {
            throw new SecuritySetupException(
                $"others may read {path}, which holds a secret; make it private: "
                + PemFile.CloseHint(path));
        }
    }

    /// <exception cref="SecuritySetupException">It cannot be read.</exception>
    public static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecuritySetupException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
