using DistTrain.Learning;
using DistTrain.Protocol;

namespace DistTrain.Engine;

/// <summary>The files that a run leaves in its folder.</summary>
internal sealed class RunFiles
{
    private const string ModelName = "model.dtm";
    private const string CheckpointsName = "checkpoints";

    private readonly TrainingTask _task;
    private readonly string _folder;
    private readonly CheckpointFolder _checkpoints;
    private readonly Guid _run;
    private readonly Lazy<DataIdentity> _data;
    private readonly Lazy<string> _recipe;

    /// <summary>The files of a run in its folder; null without one.</summary>
    public static RunFiles? In(string? folder, TrainingTask task, int keep, RunId run) =>
        folder is null ? null : new RunFiles(task, folder, keep, run.Value);

    public RunFiles(TrainingTask task, string folder, int keep, Guid run)
    {
        _task = task;
        _folder = folder;
        _run = run;
        _checkpoints = new CheckpointFolder(Path.Combine(folder, CheckpointsName), keep);

        // A content hash reads all the data: not before it is needed, nor in the way of a step.
        _data = new Lazy<DataIdentity>(() => DataIdentity.Of(task.Data));
        _recipe = new Lazy<string>(() => RecipeWriter.ToJson(task.Recipe));
    }

    /// <summary>Path of the newest checkpoint written.</summary>
    public string? LastCheckpoint { get; private set; }

    /// <exception cref="CheckpointException">The disk refused.</exception>
    public void Save(Snapshot snapshot) => LastCheckpoint = _checkpoints.Save(New(
        snapshot.Version, snapshot.Parameters, snapshot.Diary!.Stopping,
        snapshot.Diary.History) with
    {
        FirstMoment = snapshot.FirstMoment,
        SecondMoment = snapshot.SecondMoment,
        Best = snapshot.BestVersion is { } version
            ? new BestParameters(version, snapshot.BestParameters)
            : null,
    });

    /// <summary>Takes a checkpoint of this run that another head has written.</summary>
    /// <exception cref="CheckpointException">The disk refused, or they are no checkpoint of that
    /// version.</exception>
    public void Import(long version, ReadOnlyMemory<byte> file) =>
        LastCheckpoint = _checkpoints.Import(version, file);

    /// <summary>Takes a checkpoint of this run that has been read from another folder.</summary>
    /// <exception cref="CheckpointException">The disk refused.</exception>
    public void Keep(Checkpoint checkpoint)
    {
        if (!_checkpoints.Has(checkpoint.Version))
        {
            LastCheckpoint = _checkpoints.Save(checkpoint);
        }
    }

    /// <summary>The bytes of a checkpoint's file, for another head.</summary>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public byte[] ReadFile(long version) => _checkpoints.ReadFile(version);

    /// <summary>The newest checkpoint of this run that can be read; null: there is none.</summary>
    /// <param name="damaged">For each newer one that could not, what is wrong with it.</param>
    public Checkpoint? NewestGood(out IReadOnlyList<string> damaged)
    {
        Checkpoint? newest = _checkpoints.NewestGood(out damaged);
        return newest?.Run == _run ? newest : null;
    }

    /// <summary>Reads a checkpoint of this run.</summary>
    /// <exception cref="CheckpointException">It is not there, or damaged.</exception>
    public Checkpoint Read(long version) => _checkpoints.Read(version);

    /// <summary>Writes what the run ended with, to predict with.</summary>
    /// <exception cref="CheckpointException">The disk refused.</exception>
    public string SaveModel(long version, float[] parameters, RunRecorder recorder)
    {
        string path = Path.Combine(_folder, ModelName);
        Checkpoint model = New(
            version, parameters, recorder.Stopping, recorder.History.ToState());
        CheckpointFile.Write(path, model with { CanContinue = false });
        return path;
    }

    private Checkpoint New(
        long version, float[] parameters, EarlyStoppingState stopping, HistoryState history) =>
        new()
        {
            Run = _run,
            RecipeJson = _recipe.Value,
            Data = _data.Value,
            Scaling = _task.Data.Scaling.ToState(),
            Version = version,
            StepsPerEpoch = _task.Steps.StepsPerEpoch,
            Parameters = parameters,
            Stopping = stopping,
            History = history,
        };
}
