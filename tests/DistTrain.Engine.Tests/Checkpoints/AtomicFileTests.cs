namespace DistTrain.Engine.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_full_disk_leaves_the_old_file_and_no_temporary()
    {
        string path = _folder.File("model.dtm");
        File.WriteAllText(path, "old");

        var e = Should.Throw<CheckpointException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            throw new IOException("No space left on device");
        }));

        e.Message.ShouldContain(path);
        e.Message.ShouldContain("No space left on device");
        e.Message.ShouldContain("--out");
        File.ReadAllText(path).ShouldBe("old");
        Directory.GetFiles(_folder.Path).ShouldBe([path]);
    }

    [Fact]
    public void A_folder_below_a_file_cannot_be_made()
    {
        File.WriteAllText(_folder.File("file"), string.Empty);

        Should.Throw<CheckpointException>(() => AtomicFile.Write(
            _folder.File("file", "below", "model.dtm"), _ => { }));
    }

    [Fact]
    public void A_bug_while_writing_leaves_no_temporary_either()
    {
        Should.Throw<InvalidOperationException>(() => AtomicFile.Write(
            _folder.File("a.dtm"), _ => throw new InvalidOperationException()));

        Directory.GetFiles(_folder.Path).ShouldBeEmpty();
    }

    [SkippableFact]
    public void A_disk_that_is_really_full_is_an_error_of_one_line()
    {
        // /dev/full takes no byte. A link to it stands where the temporary file is to be.
        Skip.IfNot(File.Exists("/dev/full"), "this system has no /dev/full");
        string path = _folder.File("model.dtm");
        File.CreateSymbolicLink(path + AtomicFile.TemporarySuffix, "/dev/full");

        Should.Throw<CheckpointException>(() => CheckpointFile.Write(path, Examples.Tiny()))
            .Message.ShouldContain("could not be written");

        File.Exists(path).ShouldBeFalse();
    }
}
