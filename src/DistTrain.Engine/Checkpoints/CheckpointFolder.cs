using System.Globalization;

namespace DistTrain.Engine;

/// <summary>
/// The checkpoints of a run: files <c>step-N.dtm</c> in one folder, of which the newest few are
/// kept. Files of other names are left alone.
/// </summary>
public sealed class CheckpointFolder
{
    private const string Prefix = "step-";
    private const string Extension = ".dtm";
    private const string ArrivingSuffix = ".arriving";

    private readonly int _keep;

    /// <param name="folder">Made when the first checkpoint is saved.</param>
    /// <param name="keep">Checkpoints to keep, 1 or more.</param>
    public CheckpointFolder(string folder, int keep)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        Folder = folder;
        _keep = keep;
    }

    public string Folder { get; }

    /// <summary>Writes a checkpoint, then removes those that are too many.</summary>
    /// <returns>The path of its file.</returns>
    /// <exception cref="CheckpointException">The disk refused; older ones are left.</exception>
    public string Save(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        string path = PathOf(checkpoint.Version);
        CheckpointFile.Write(path, checkpoint);
        RemoveBefore(checkpoint.Version);
        return path;
    }

    /// <summary>Takes a checkpoint that another process has written, as its bytes are.</summary>
    /// <returns>The path of its file.</returns>
    /// <exception cref="CheckpointException">The disk refused, or they are no checkpoint of that
    /// version; older ones are left.</exception>
    public string Import(long version, ReadOnlyMemory<byte> file)
    {
        string path = PathOf(version);
        string arriving = path + ArrivingSuffix;
        try
        {
            AtomicFile.Write(arriving, stream => stream.Write(file.Span));
            Checkpoint read = CheckpointFile.Read(arriving);
            if (read.Version != version)
            {
                throw new CheckpointException(
                    path, $"came as a checkpoint of step {read.Version}",
                    "older ones are untouched");
            }

            File.Move(arriving, path, overwrite: true);
        }
        finally
        {
            TryDelete(arriving);
        }

        RemoveBefore(version);
        return path;
    }

    /// <summary>There is a file for a version, good or not.</summary>
    public bool Has(long version) => File.Exists(PathOf(version));

    /// <summary>The bytes of a checkpoint's file.</summary>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public byte[] ReadFile(long version)
    {
        string path = PathOf(version);
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                path, $"could not be read ({e.Message})", "older ones are untouched", e);
        }
    }

    private void RemoveBefore(long newest)
    {
        // One of a later version can only be left over from before a resume, perhaps damaged: it
        // counts for nothing, is not ours to judge, and is replaced when the run gets there.
        foreach (long version in Versions().Where(v => v <= newest).Skip(_keep))
        {
            TryDelete(PathOf(version));
        }
    }

    /// <summary>Reads the checkpoint of a version.</summary>
    /// <exception cref="CheckpointException">It is not there, or damaged.</exception>
    public Checkpoint Read(long version) => CheckpointFile.Read(PathOf(version));

    /// <summary>
    /// The newest checkpoint that can be read, or null if there is none.
    /// </summary>
    /// <param name="damaged">For each newer one that could not, what is wrong with it.</param>
    public Checkpoint? NewestGood(out IReadOnlyList<string> damaged)
    {
        var problems = new List<string>();
        damaged = problems;
        foreach (long version in Versions())
        {
            try
            {
                return CheckpointFile.Read(PathOf(version));
            }
            catch (CheckpointException e)
            {
                problems.Add(e.Message);
            }
        }

        return null;
    }

    private string PathOf(long version) => Path.Combine(
        Folder, Prefix + version.ToString(CultureInfo.InvariantCulture) + Extension);

    /// <summary>Newest first.</summary>
    private List<long> Versions()
    {
        if (!Directory.Exists(Folder))
        {
            return [];
        }

        return Directory.EnumerateFiles(Folder)
            .Select(path => VersionOf(Path.GetFileName(path)))
            .OfType<long>()
            .OrderDescending()
            .ToList();
    }

    private static long? VersionOf(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal)
            || !name.EndsWith(Extension, StringComparison.Ordinal)
            || name.Length <= Prefix.Length + Extension.Length)
        {
            return null;
        }

        string digits = name[Prefix.Length..^Extension.Length];
        bool isNumber = long.TryParse(
            digits, NumberStyles.None, CultureInfo.InvariantCulture, out long version);
        bool isOurs = isNumber
            && digits == version.ToString(CultureInfo.InvariantCulture);
        return isOurs ? version : null;
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // One file too many does no harm; the next save tries again.
        }
    }
}
