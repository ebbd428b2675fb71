namespace DistTrain.Learning;

/// <summary>
/// A CSV file as data to train on and to test. Beside digits.csv the test samples are looked for in
/// digits-test.csv, digits.test.csv and digits_test.csv, and beside mnist_train.csv in
/// mnist_test.csv (any of - . _ before "train"); if there is none, there is no test set.
/// </summary>
internal static class CsvSource
{
    private static readonly char[] Separators = ['-', '.', '_'];

    /// <exception cref="DataException">A file is damaged, or the two do not fit.</exception>
    public static LoadedData Read(string path)
    {
        CsvTable training = CsvFile.Read(path);
        string name = Path.GetFileNameWithoutExtension(path);
        string? testPath = FindTest(path);
        if (testPath is null)
        {
            return new LoadedData(training.ToDataset(name, training.LargestLabel + 1), null);
        }

        CsvTable test = CsvFile.Read(testPath);
        if (test.Features != training.Features)
        {
            throw DataException.For(
                testPath, $"its samples have {test.Features:N0} values, those of {path} " +
                $"{training.Features:N0}", "Both files must have the same columns");
        }

        if (training.Values.IsBytes && !test.Values.IsBytes)
        {
            throw DataException.For(
                testPath, $"it has numbers that are not pixels, but those of {path} all are " +
                "(whole numbers 0 … 255)", "Write both files in the same way");
        }

        int classes = Math.Max(training.LargestLabel, test.LargestLabel) + 1;
        return new LoadedData(training.ToDataset(name, classes), test.ToDataset(name, classes));
    }

    internal static string? FindTest(string path)
    {
        string stem = Path.GetFileNameWithoutExtension(path);
        string extension = Path.GetExtension(path);
        IEnumerable<string> stems = Separators.Select(separator => $"{stem}{separator}test");
        if (stem.EndsWith("train", StringComparison.OrdinalIgnoreCase) && stem.Length > 5
            && Separators.Contains(stem[^6]))
        {
            stems = stems.Prepend($"{stem[..^5]}test");
        }

        string folder = Path.GetDirectoryName(path) ?? "";
        return stems.Select(test => Path.Combine(folder, test + extension))
            .FirstOrDefault(File.Exists);
    }
}
