namespace DistTrain.Learning;

/// <summary>
/// A folder with the four files of MNIST and its relatives: train-images-idx3-ubyte and
/// train-labels-idx1-ubyte, and t10k-… to test; also written train-images.idx3-ubyte, each with or
/// without .gz. The test files may both be absent.
/// </summary>
internal static class IdxFolder
{
    public const string TrainImages = "train-images-idx3-ubyte";
    public const string TrainLabels = "train-labels-idx1-ubyte";
    public const string TestImages = "t10k-images-idx3-ubyte";
    public const string TestLabels = "t10k-labels-idx1-ubyte";

    /// <summary>True if the folder has any of the four files.</summary>
    public static bool IsAt(string folder) =>
        Array.Exists([TrainImages, TrainLabels, TestImages, TestLabels],
            file => Find(folder, file) is not null);

    /// <param name="folder">Where the files are.</param>
    /// <param name="name">What the data set is called.</param>
    /// <param name="classes">Classes at least; more where the labels have more.</param>
    /// <exception cref="DataException">A file is missing, damaged or does not fit.</exception>
    public static LoadedData Read(string folder, string name, int classes)
    {
        Part training = ReadPart(folder, TrainImages, TrainLabels);
        bool hasTest = Find(folder, TestImages) is not null || Find(folder, TestLabels) is not null;
        Part? test = hasTest ? ReadPart(folder, TestImages, TestLabels) : null;
        if (test is not null && test.Shape != training.Shape)
        {
            throw DataException.For(
                test.ImagesPath,
                $"its images are {test.Shape.Rows} × {test.Shape.Columns}, those to " +
                $"train on {training.Shape.Rows} × {training.Shape.Columns}",
                "Both must come from the same data set");
        }

        classes = Math.Max(classes, training.Labels.Max() + 1);
        classes = Math.Max(classes, (test?.Labels.Max() ?? 0) + 1);
        return new LoadedData(training.ToDataset(name, classes), test?.ToDataset(name, classes));
    }

    /// <summary>The path of one of the files in any of its spellings, or null.</summary>
    public static string? Find(string folder, string file)
    {
        string dotted = file.Replace("-idx", ".idx", StringComparison.Ordinal);
        string[] spellings = [file, file + ".gz", dotted, dotted + ".gz"];
        return spellings.Select(spelling => Path.Combine(folder, spelling))
            .FirstOrDefault(File.Exists);
    }

    private static Part ReadPart(string folder, string imagesFile, string labelsFile)
    {
        string imagesPath = Require(folder, imagesFile);
        string labelsPath = Require(folder, labelsFile);
        IdxImages images = IdxFile.ReadImages(imagesPath);
        byte[] labels = IdxFile.ReadLabels(labelsPath);
        if (images.Count != labels.Length)
        {
            throw DataException.For(
                imagesPath, $"it has {images.Count:N0} images, but {labelsPath} has " +
                $"{labels.Length:N0} labels", "Both must come from the same data set");
        }

        return new Part(imagesPath, images, Array.ConvertAll(labels, label => (int)label));
    }

    private static string Require(string folder, string file) =>
        Find(folder, file) ?? throw DataException.For(
            folder, $"the folder has no {file} (plain or .gz)",
            "Put the file there, or run 'disttrain data fetch mnist' and use '--data mnist'");

    private sealed record Part(string ImagesPath, IdxImages Images, int[] Labels)
    {
        public (int Rows, int Columns) Shape => (Images.Rows, Images.Columns);

        public InMemoryDataset ToDataset(string name, int classes) =>
            new(name, Images.Pixels, Labels, Images.Rows * Images.Columns, classes, Shape);
    }
}
