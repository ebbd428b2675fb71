namespace DistTrain.Engine.Tests;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    private string Folder => _temporary.File("checkpoints");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void The_newest_few_are_kept()
    {
        var folder = new CheckpointFolder(Folder, keep: 2);
        foreach (long version in new long[] { 8, 9, 10, 11 })
        {
            folder.Save(Examples.Tiny(version));
        }

        Names().ShouldBe(["step-10.dtm", "step-11.dtm"]);
        folder.NewestGood(out IReadOnlyList<string> damaged)!.Version.ShouldBe(11);
        damaged.ShouldBeEmpty();
    }

    [Fact]
    public void Files_of_others_are_left_alone()
    {
        Directory.CreateDirectory(Folder);
        string[] foreign = ["notes.txt", "step-1.bak", "step-.dtm", "step-007.dtm", "step-x.dtm"];
        foreach (string name in foreign)
        {
            File.WriteAllText(Path.Combine(Folder, name), "mine");
        }

        var folder = new CheckpointFolder(Folder, keep: 1);
        folder.Save(Examples.Tiny(8));
        folder.Save(Examples.Tiny(9));

        Names().ShouldBe([.. foreign.Append("step-9.dtm").Order(StringComparer.Ordinal)]);
    }

    [Fact]
    public void A_damaged_newest_is_reported_and_the_one_before_used()
    {
        var folder = new CheckpointFolder(Folder, keep: 3);
        folder.Save(Examples.Tiny(8));
        string newest = folder.Save(Examples.Tiny(9));
        byte[] bytes = File.ReadAllBytes(newest);
        bytes[^40] ^= 1;
        File.WriteAllBytes(newest, bytes);

        folder.NewestGood(out IReadOnlyList<string> damaged)!.Version.ShouldBe(8);
        damaged.ShouldHaveSingleItem().ShouldContain("step-9.dtm");
    }

    [Fact]
    public void A_damaged_later_one_does_not_push_out_what_a_resumed_run_saves()
    {
        var folder = new CheckpointFolder(Folder, keep: 1);
        string damaged = folder.Save(Examples.Tiny(20));
        File.WriteAllText(damaged, "cut");

        folder.Save(Examples.Tiny(15));

        folder.NewestGood(out _)!.Version.ShouldBe(15);
    }

    [Fact]
    public void No_folder_is_no_checkpoint()
    {
        new CheckpointFolder(Folder, keep: 1).NewestGood(out _).ShouldBeNull();
    }

    private string[] Names() =>
        [.. Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
}
