namespace DistTrain.Learning;

/// <summary>Where known data sets are looked for, and where they are downloaded to.</summary>
/// <param name="Given">$DISTTRAIN_DATA: holds a folder per data set, or the files of one.</param>
/// <param name="Cache">Holds a folder per data set; ~/.cache/disttrain.</param>
public sealed record DataFolders(string? Given, string Cache)
{
    public const string Variable = "DISTTRAIN_DATA";

    public static DataFolders FromEnvironment()
    {
        string? given = Environment.GetEnvironmentVariable(Variable);
        string home = Environment.GetFolderPath(
            Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return new DataFolders(
            string.IsNullOrWhiteSpace(given) ? null : given,
            Path.Combine(home, ".cache", "disttrain"));
    }

    /// <summary>Where `data fetch` puts a data set.</summary>
    public string DownloadFolder(string name) => Path.Combine(Given ?? Cache, name);

    /// <summary>The folders that may hold a data set, the first one that does wins.</summary>
    internal IReadOnlyList<string> Candidates(string name) => Given is null
        ? [Path.Combine(Cache, name)]
        : [Path.Combine(Given, name), Given, Path.Combine(Cache, name)];
}
