namespace DistTrain.Cli.Tests;

/// <summary>A folder for one test, gone after it.</summary>
public abstract class ScratchFolder : IDisposable
{
    protected ScratchFolder()
    {
        Folder = Directory.CreateTempSubdirectory("disttrain-").FullName;
    }

    protected string Folder { get; }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string At(string name) => Path.Combine(Folder, name);

    protected string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return name;
    }

    private protected ProcessResult Run(params string[] arguments) =>
        DistTrainProcess.Run(Folder, arguments);

    /// <summary>Trains for a moment; enough to have every file.</summary>
    private protected ProcessResult TrainBriefly(string folder, params string[] more) =>
        Run(["train", "--data-limit", "256,64", "--epochs", "1", "--batch-size", "64",
            "--out", folder, .. more]);
}
