namespace DistTrain.Learning;

/// <summary>A file of a data set as its authors published it.</summary>
/// <param name="Name">The same on every mirror.</param>
/// <param name="Bytes">Its exact length.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record PublishedFile(string Name, long Bytes, string Sha256);

/// <summary>A data set that can be downloaded.</summary>
/// <param name="Name">What a user types.</param>
/// <param name="Title">What a person calls it.</param>
/// <param name="Mirrors">Folders that have all files, tried in this order; end in a slash.</param>
/// <param name="Files">Gzipped IDX files.</param>
/// <param name="TrainingLabelCounts">Training samples of each class; tells sets apart.</param>
public sealed record PublishedDataset(
    string Name,
    string Title,
    IReadOnlyList<Uri> Mirrors,
    IReadOnlyList<PublishedFile> Files,
    IReadOnlyList<int> TrainingLabelCounts);

/// <summary>The names that `--data` knows; lengths and hashes are of the original files.</summary>
public static class DataCatalog
{
    public const string Digits = "digits";

    /// <summary>Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0.</summary>
    public static PublishedDataset Mnist { get; } = new(
        "mnist",
        "MNIST handwritten digits",
        [
            new("https://storage.googleapis.com/cvdf-datasets/mnist/"),
            new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
            new("http://yann.lecun.com/exdb/mnist/"),
        ],
        [
            new("train-images-idx3-ubyte.gz", 9_912_422,
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            new("train-labels-idx1-ubyte.gz", 28_881,
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            new("t10k-images-idx3-ubyte.gz", 1_648_877,
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            new("t10k-labels-idx1-ubyte.gz", 4_542,
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
        ],
        [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);

    /// <summary>H. Xiao, K. Rasul, R. Vollgraf, arXiv:1708.07747; MIT.</summary>
    public static PublishedDataset FashionMnist { get; } = new(
        "fashion-mnist",
        "Fashion-MNIST clothes",
        [
            new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
            new("https://storage.googleapis.com/tensorflow/tf-keras-datasets/"),
            new("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/" +
                "fashion/"),
        ],
        [
            new("train-images-idx3-ubyte.gz", 26_421_880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            new("train-labels-idx1-ubyte.gz", 29_515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            new("t10k-images-idx3-ubyte.gz", 4_422_102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            new("t10k-labels-idx1-ubyte.gz", 5_148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
        ],
        [6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000]);

    /// <summary>All that can be downloaded.</summary>
    public static IReadOnlyList<PublishedDataset> Published { get; } = [Mnist, FashionMnist];

    /// <summary>All names, those that need no download first.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [Digits, .. Published.Select(set => set.Name)];

    /// <summary>The data set of a name (letter case does not matter), or null.</summary>
    public static PublishedDataset? Find(string name) => Published.FirstOrDefault(
        set => set.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
