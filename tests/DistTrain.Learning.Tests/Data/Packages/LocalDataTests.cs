namespace DistTrain.Learning.Tests;

public sealed class LocalDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private DataFolders Folders => new(_folder.File("given"), _folder.File("cache"));

    private PackageCache Cache => PackageCache.In(Folders);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_cache_is_beside_the_downloaded_sets_and_is_asked_first()
    {
        var package = new DataPackage(Packages.Images());
        string sha256 = package.Identity.Sha256;
        Cache.PathOf(sha256).ShouldBe(_folder.File($"cache/by-hash/{sha256}.dtdata"));
        var recipe = new DataRecipe { Source = "nothing-here" };
        LocalData.TryFind(recipe, sha256, Folders, Cache).ShouldBeNull();
        _folder.Write($"cache/by-hash/{sha256}.dtdata", Packages.BytesOf(package));
        LocalData.TryFind(recipe, sha256, Folders, Cache).ShouldHold(Packages.Images());
    }

    [Fact]
    public void Files_of_the_recipe_are_used_if_they_are_the_same_data()
    {
        IdxBytes.WriteSet(_folder, "own/");
        var recipe = new DataRecipe
        {
            Source = _folder.File("own"),
            ValidationSplit = 0.4,
            Pixels = PixelScaling.Standard,
        };
        DataSplit expected = DataLoader.Load(recipe, Folders);
        string sha256 = new DataPackage(expected).Identity.Sha256;
        LocalData.TryFind(recipe, sha256, Folders, Cache).ShouldHold(expected);

        // One other pixel, another split, files that are damaged: not these data.
        LocalData.TryFind(recipe with { ValidationSplit = 0.2 }, sha256, Folders, Cache)
            .ShouldBeNull();
        LocalData.TryFind(recipe with { TrainLimit = 100 }, sha256, Folders, Cache)
            .ShouldBeNull();
        _folder.Write("own/t10k-images-idx3-ubyte", IdxBytes.Images(2, 2, 3, _ => 9));
        LocalData.TryFind(recipe, sha256, Folders, Cache).ShouldBeNull();
        _folder.Write("own/t10k-images-idx3-ubyte", "damaged");
        LocalData.TryFind(recipe, sha256, Folders, Cache).ShouldBeNull();
    }

    [Fact]
    public void Generated_digits_are_not_made_to_be_compared()
    {
        var recipe = new DataRecipe { Source = "Digits", TrainLimit = 20, TestLimit = 5 };
        string sha256 = new DataPackage(DataLoader.Load(recipe, Folders)).Identity.Sha256;
        LocalData.TryFind(recipe, sha256, Folders, Cache).ShouldBeNull();
    }

    [SkippableFact]
    public void The_real_MNIST_travels_and_is_found_where_it_is()
    {
        string? given = Environment.GetEnvironmentVariable(DataFolders.Variable);
        Skip.If(string.IsNullOrEmpty(given), $"{DataFolders.Variable} is not set");
        var recipe = new DataRecipe { Source = "mnist", ValidationSplit = 0.1 };
        DataSplit data = DataLoader.Load(recipe, DataFolders.FromEnvironment());
        var package = new DataPackage(data);
        string sha256 = package.Identity.Sha256;
        LocalData.TryFind(recipe, sha256, DataFolders.FromEnvironment(), Cache).ShouldHold(data);

        using var download = new PackageDownload(Cache, sha256);
        byte[] part = new byte[PackageLimits.PartBytes];
        while (download.State == PackageState.Fetching)
        {
            long offset = download.WantedOffset;
            Span<byte> next = part.AsSpan(0, (int)Math.Min(part.Length, package.Bytes - offset));
            package.Read(offset, next);
            download.Accept(offset, package.Bytes, next);
        }

        download.Data.ShouldHold(data);
        LocalData.TryFind(
            recipe with { Source = "nothing-here" }, sha256, Folders, Cache).ShouldHold(data);
    }
}
