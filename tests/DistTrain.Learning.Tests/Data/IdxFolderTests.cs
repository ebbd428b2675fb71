namespace DistTrain.Learning.Tests;

public sealed class IdxFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_gives_training_and_test_samples()
    {
        IdxBytes.WriteSet(_folder);
        LoadedData data = IdxFolder.Read(_folder.Path, "name", classes: 1);
        (data.Training.Count, data.Test!.Count).ShouldBe((6, 2));
        data.Training.ImageShape.ShouldBe((2, 3));
        data.Training.ReadBytes(1).ToArray().ShouldBe([42, 49, 56, 63, 70, 77]);
        data.Test.Label(0).ShouldBe(4);
        data.Training.Name.ShouldBe("name");
    }

    [Fact]
    public void Classes_are_those_of_both_parts_and_at_least_the_known_ones()
    {
        IdxBytes.WriteSet(_folder);
        IdxFolder.Read(_folder.Path, "name", classes: 1).Training.Classes.ShouldBe(5);
        IdxFolder.Read(_folder.Path, "name", classes: 10).Test!.Classes.ShouldBe(10);
    }

    [Fact]
    public void Files_may_be_gzipped_and_have_a_dot_in_their_names()
    {
        _folder.Write("train-images.idx3-ubyte.gz", IdxBytes.Gzip(IdxBytes.Images(2, 2, 3)));
        _folder.Write("train-labels.idx1-ubyte", IdxBytes.Labels(0, 1));
        LoadedData data = IdxFolder.Read(_folder.Path, "name", classes: 1);
        data.Training.Count.ShouldBe(2);
        data.Test.ShouldBeNull();
    }

    [Fact]
    public void Counts_that_differ_name_both_files()
    {
        IdxBytes.WriteSet(_folder);
        string labels = _folder.Write("train-labels-idx1-ubyte", IdxBytes.Labels(0, 1, 2, 3, 2));
        string message = ErrorOf();
        message.ShouldContain(_folder.File("train-images-idx3-ubyte") + ": it has 6 images");
        message.ShouldContain(labels + " has 5 labels");
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte")]
    [InlineData("train-labels-idx1-ubyte")]
    [InlineData("t10k-labels-idx1-ubyte")]
    public void A_missing_file_is_named(string file)
    {
        IdxBytes.WriteSet(_folder);
        File.Delete(_folder.File(file));
        ErrorOf().ShouldContain($"the folder has no {file} (plain or .gz)");
    }

    [Fact]
    public void Test_images_of_another_shape_are_refused()
    {
        IdxBytes.WriteSet(_folder);
        _folder.Write("t10k-images-idx3-ubyte", IdxBytes.Images(2, 3, 2));
        ErrorOf().ShouldContain("its images are 3 × 2, those to train on 2 × 3");
    }

    private string ErrorOf() => Should.Throw<DataException>(
        () => IdxFolder.Read(_folder.Path, "name", classes: 1)).Message;
}
