using System.Text;

namespace DistTrain.Engine.Tcp;

/// <summary>
/// Writes files that were not there, all or none. Each appears whole under its name; a secret one
/// is its owner's alone from the first byte. The folder itself is not flushed to the disk: who
/// loses certificates with the power makes them again.
/// </summary>
internal sealed class NewFiles(string folder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const UnixFileMode Everyone =
        OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly List<(string Name, string Text, bool IsSecret)> _files = [];

    public void Add(string name, string text, bool isSecret = false) =>
        _files.Add((name, text, isSecret));

    /// <returns>The paths, in the order in which they were added.</returns>
    /// <exception cref="IOException">One is there already, or the disk refused; none of ours is
    /// left.</exception>
    public IReadOnlyList<string> Write()
    {
        CreateFolder();
        var written = new List<string>();
        try
        {
            foreach (var (name, text, isSecret) in _files)
            {
                string path = Path.Combine(folder, name);
                WriteOne(path, text, isSecret ? OwnerOnly : Everyone);
                written.Add(path);
            }
        }
        catch
        {
            written.ForEach(File.Delete);
            throw;
        }
        return written;
    }

    private static void WriteOne(string path, string text, UnixFileMode mode)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(Encoding.ASCII.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: false);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // A folder that is there keeps its mode; the keys in it are closed by their own.
    private void CreateFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnersFolder);
        }
    }
}
