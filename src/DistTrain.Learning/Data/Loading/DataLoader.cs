namespace DistTrain.Learning;

/// <summary>From a recipe's data fields to samples that can be trained on.</summary>
public static class DataLoader
{
    /// <summary>Classes of the known image sets, even where a part of them lacks some.</summary>
    private const int KnownClasses = 10;

    /// <summary>
    /// Opens the source, applies the limits, splits off the validation samples as Keras does (the
    /// last ones of those to train on, before any shuffling) and fits the scaling to the rest.
    /// </summary>
    /// <exception cref="DataException">The data are missing or damaged.</exception>
    /// <exception cref="RecipeException">Limits or split that the data cannot satisfy.</exception>
    public static DataSplit Load(DataRecipe recipe, DataFolders folders)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        LoadedData data = Open(recipe.Source, folders);
        return SplitPlan.Of(recipe, data).Apply(recipe.Pixels);
    }

    /// <summary>The samples of a source as they are.</summary>
    /// <param name="source">A known name, a folder of IDX files or a CSV file.</param>
    /// <param name="folders">Where known names are looked for.</param>
    /// <exception cref="DataException">The data are missing or damaged.</exception>
    public static LoadedData Open(string source, DataFolders folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        if (string.Equals(source, DataCatalog.Digits, StringComparison.OrdinalIgnoreCase))
        {
            return new LoadedData(new GeneratedDigits(), new GeneratedDigits(test: true));
        }

        if (DataCatalog.Find(source) is { } known)
        {
            return OpenKnown(known, folders);
        }

        if (Directory.Exists(source))
        {
            return IdxFolder.Read(source, NameOf(source), classes: 1);
        }

        return File.Exists(source)
            ? OpenFile(source)
            : throw DataException.For(
                source, "there is no such data set, folder or file",
                $"Known names: {string.Join(", ", DataCatalog.Names)}; otherwise give a folder " +
                "of IDX files or a CSV file");
    }

    private static LoadedData OpenKnown(PublishedDataset known, DataFolders folders)
    {
        IReadOnlyList<string> candidates = folders.Candidates(known.Name);
        foreach (string folder in candidates.Where(IdxFolder.IsAt))
        {
            LoadedData data = IdxFolder.Read(folder, known.Name, KnownClasses);
            if (folder == folders.Given && OtherSetIn(data.Training, known) is { } other)
            {
                // $DISTTRAIN_DATA itself holds another known set: not the one that was asked for.
                continue;
            }

            return data;
        }

        throw new DataException(
            $"{known.Name}: not found in {string.Join(", ", candidates)}. Run 'disttrain data " +
            $"fetch {known.Name}', set {DataFolders.Variable} to the folder of its files, or use " +
            "'--data digits', which needs no download.");
    }

    /// <summary>The known set, other than the one asked for, that these samples are.</summary>
    private static PublishedDataset? OtherSetIn(Dataset training, PublishedDataset asked)
    {
        int[] counts = new int[training.Classes];
        for (int i = 0; i < training.Count; i++)
        {
            counts[training.Label(i)]++;
        }

        return DataCatalog.Published.FirstOrDefault(
            set => set != asked && set.TrainingLabelCounts.SequenceEqual(counts));
    }

    private static LoadedData OpenFile(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using (FileStream file = OpenForReading(path))
        {
            int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            start = start[..read];
        }

        bool isIdx = start.StartsWith("\0\0\b"u8);
        bool isGzip = start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);
        return isIdx || isGzip
            ? throw DataException.For(
                path, isIdx ? "this is an IDX file" : "this is a gzip file, not a CSV file",
                "For IDX files give the folder that holds them; unpack a CSV file first")
            : CsvSource.Read(path);
    }

    private static FileStream OpenForReading(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataException.CannotRead(path, e);
        }
    }

    private static string NameOf(string folder) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
}
