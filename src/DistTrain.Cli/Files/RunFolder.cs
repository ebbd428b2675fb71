using System.Globalization;
using System.Text;

namespace DistTrain.Cli;

/// <summary>
/// The folder of one run and the names of its files. It is made only when nothing stands against
/// the run any more, and never over the files of another.
/// </summary>
internal sealed class RunFolder
{
    /// <summary>Runs without --out stand under this folder.</summary>
    public const string Parent = "runs";

    private RunFolder(string path)
    {
        Root = path;
    }

    public string Root { get; }

    public string Model => Path.Combine(Root, "model.dtm");

    public string Checkpoints => Path.Combine(Root, CheckpointsName);

    public string History => Path.Combine(Root, "history.csv");

    public string Report => Path.Combine(Root, "report.html");

    public string Recipe => Path.Combine(Root, "recipe.json");

    public string Log => Path.Combine(Root, "log.jsonl");

    /// <summary>Of a head: the secret that nodes on this machine need.</summary>
    public string Token => Path.Combine(Root, "token");

    /// <summary>Logs of the processes that a head has started.</summary>
    public string Nodes => Path.Combine(Root, "nodes");

    private static string CheckpointsName => "checkpoints";

    /// <summary>The folder of a new run.</summary>
    /// <param name="path">As given by --out; null makes a name of the time and the run's.</param>
    public static RunFolder ForNewRun(string? path, string runName, DateTime now)
    {
        if (path is null)
        {
            return new RunFolder(Path.Combine(Parent, DefaultName(runName, now)));
        }
        if (File.Exists(path))
        {
            throw new CommandException(ExitCode.BadUsage, $"--out {path} is a file",
                "name a folder");
        }
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new CommandException(ExitCode.BadUsage, $"--out {path} is not empty",
                $"name another folder, or continue that run by --resume {path}");
        }
        return new RunFolder(path);
    }

    /// <summary>The folder of a head that another head starts, and starts again when it dies: what
    /// is in it is its own.</summary>
    public static RunFolder OfNode(string path) => new(path);

    /// <summary>The folder of a run that goes on.</summary>
    /// <param name="resume">A run's folder, or "latest".</param>
    public static RunFolder ToResume(string resume)
    {
        string path = resume == "latest" ? Latest() : resume;
        if (!Directory.Exists(path))
        {
            throw new CommandException(ExitCode.BadUsage, $"there is no run folder {path}",
                "name the folder of a run, or 'latest'");
        }
        if (!Directory.Exists(Path.Combine(path, CheckpointsName)))
        {
            throw new CommandException(ExitCode.BadData, $"{path} has no checkpoints",
                "name the folder that a run wrote, the one with checkpoints/ in it");
        }
        return new RunFolder(path);
    }

    /// <summary>Makes the folder and proves that files can be written to it.</summary>
    public void Create()
    {
        bool isOurs = !Directory.Exists(Root);
        try
        {
            Directory.CreateDirectory(Root);
            string probe = Path.Combine(Root, ".write-test");
            File.WriteAllBytes(probe, new byte[64 * 1024]);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (isOurs && Directory.Exists(Root))
            {
                Directory.Delete(Root, recursive: true);
            }
            throw new CommandException(ExitCode.BadUsage,
                $"the run folder {Root} cannot be written: {e.Message}",
                "choose another by --out, or make room on the disk");
        }
    }

    private static string Latest()
    {
        if (Directory.Exists(Parent))
        {
            var newest = new DirectoryInfo(Parent).EnumerateDirectories()
                .Where(d => Directory.Exists(Path.Combine(d.FullName, CheckpointsName)))
                .MaxBy(d => (d.GetDirectories(CheckpointsName)[0].LastWriteTimeUtc, d.Name));
            if (newest is not null)
            {
                return Path.Combine(Parent, newest.Name);
            }
        }
        throw new CommandException(ExitCode.BadUsage, "there is no run to resume under runs/",
            "name its folder: --resume DIR");
    }

    private static string DefaultName(string runName, DateTime now)
    {
        var name = new StringBuilder();
        foreach (char c in runName)
        {
            name.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_');
        }
        string stem = now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)
            + "-" + name.ToString().TrimStart('.');
        string unique = stem;
        for (int i = 2; Directory.Exists(Path.Combine(Parent, unique)); i++)
        {
            unique = $"{stem}-{i}";
        }
        return unique;
    }
}
