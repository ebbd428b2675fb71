using DistTrain.Protocol;

namespace DistTrain.Engine.Tests;

public sealed class CheckpointWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_slow_disk_loses_the_checkpoint_that_waits_and_not_the_newest()
    {
        using var firstIsWritten = new ManualResetEventSlim();
        using var othersCame = new ManualResetEventSlim();
        var answers = new System.Collections.Concurrent.ConcurrentQueue<CoordinatorMessage>();
        var dispatcher = new Dispatcher(1, () => "nobody");
        dispatcher.Begin(); // the run itself, which is not over
        var files = new RunFiles(TinyTasks.GoldenTask, _folder.Path, keep: 9, Guid.Empty);
        var writer = new CheckpointWriter(files, dispatcher, Answer);
        void Answer(CoordinatorMessage message)
        {
            answers.Enqueue(message);
            if (message is CheckpointSaved { Version: 1 })
            {
                // The writer's thread is kept here, as by a disk that does not come to an end.
                firstIsWritten.Set();
                othersCame.Wait();
            }
        }

        writer.Submit(NewSnapshot(1));
        firstIsWritten.Wait();
        writer.Submit(NewSnapshot(2));
        writer.Submit(NewSnapshot(3));
        othersCame.Set();
        writer.Close();

        answers.Select(answer => answer.GetType().Name).ShouldBe(
            ["CheckpointSaved", "CheckpointFailed", "CheckpointSaved"]);
        ((CheckpointFailed)answers.ElementAt(1)).Version.ShouldBe(2);
        Directory.GetFiles(_folder.File("checkpoints")).Select(Path.GetFileName)
            .Order(StringComparer.Ordinal).ShouldBe(["step-1.dtm", "step-3.dtm"]);
        files.LastCheckpoint.ShouldBe(_folder.File("checkpoints", "step-3.dtm"));
        dispatcher.Failure.ShouldBeNull();
    }

    private static Snapshot NewSnapshot(long version)
    {
        var snapshot = new Snapshot(
            new Generation(1), version, TinyTasks.GoldenTask, slices: 1);
        snapshot.AddDiary(
            new RunRecorder(TinyTasks.GoldenTask, new Watcher()).ToState(), null);
        return snapshot;
    }
}
