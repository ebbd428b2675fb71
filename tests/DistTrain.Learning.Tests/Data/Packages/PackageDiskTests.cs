namespace DistTrain.Learning.Tests;

/// <summary>Disks that are full, gone or not to be written, and caches that are full.</summary>
public sealed class PackageDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PackageDiskTests() => Directory.CreateDirectory(_folder.File("cache"));

    private PackageCache Cache => new(_folder.File("cache"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Where_no_cache_can_be_the_data_are_held_in_memory()
    {
        var package = new DataPackage(Packages.Images());
        var cache = new PackageCache(_folder.Write("a-file", "") + "/cache");
        using var download = new PackageDownload(cache, package.Identity.Sha256);
        Send(download, package);
        download.Data.ShouldHold(Packages.Images());
        string message = download.CacheProblem!.Message;
        message.ShouldContain("the data are not kept here");
        message.ShouldContain("check the folder's rights");
    }

    [SkippableFact]
    public void A_cache_that_is_not_to_be_written_is_read_and_otherwise_passed_over()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new SkipException("other rights");
        }

        Skip.If(Environment.IsPrivilegedProcess, "may write everywhere");
        var package = new DataPackage(Packages.Images());
        Fetch(Cache, package);
        UnixFileMode readOnly = UnixFileMode.UserRead | UnixFileMode.UserExecute;
        File.SetUnixFileMode(_folder.File("cache"), readOnly);
        try
        {
            Cache.TryOpen(package.Identity.Sha256).ShouldNotBeNull();
            var other = new DataPackage(Packages.Numbers());
            using var download = new PackageDownload(Cache, other.Identity.Sha256);
            Send(download, other);
            download.Data.ShouldNotBeNull();
            download.CacheProblem.ShouldNotBeNull();
        }
        finally
        {
            File.SetUnixFileMode(_folder.File("cache"), readOnly | UnixFileMode.UserWrite);
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(70, false)]
    [InlineData(70, true)]
    public void A_disk_that_is_full_half_way_is_left_for_memory(int room, bool losesAll)
    {
        var package = new DataPackage(Packages.Images());
        var disk = new SmallDisk(room) { LosesAll = losesAll };
        using var download = new PackageDownload(Cache, package.Identity.Sha256, disk);
        int parts = Send(download, package);
        download.Data.ShouldHold(Packages.Images());
        download.CacheProblem!.Message.ShouldContain("the disk is full");
        disk.IsDisposed.ShouldBeTrue();

        // What the disk gives back is not sent again.
        long all = (package.Bytes + 9) / 10;
        parts.ShouldBe((int)(losesAll ? all + 8 : all));
    }

    [Fact]
    public void A_disk_that_does_not_give_back_what_it_took_is_left_for_memory()
    {
        var package = new DataPackage(Packages.Images());
        var disk = new SmallDisk(int.MaxValue) { LosesAll = true };
        using var download = new PackageDownload(Cache, package.Identity.Sha256, disk);
        Send(download, package).ShouldBe(2 * (int)((package.Bytes + 9) / 10));
        download.Data.ShouldHold(Packages.Images());
        download.CacheProblem!.Message.ShouldContain("unreadable");
    }

    [Fact]
    public void A_file_that_cannot_be_put_in_place_costs_the_cache_not_the_data()
    {
        var package = new DataPackage(Packages.Images());
        var disk = new SmallDisk(int.MaxValue) { CannotKeep = true };
        using var download = new PackageDownload(Cache, package.Identity.Sha256, disk);
        Send(download, package);
        download.Data.ShouldHold(Packages.Images());
        download.CacheProblem!.Message.ShouldContain("no rename");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(-1)]
    public void A_damaged_file_of_the_cache_is_removed_and_fetched_again(int flipped)
    {
        var package = new DataPackage(Packages.Images());
        string sha256 = package.Identity.Sha256;
        string path = Fetch(Cache, package);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[flipped < 0 ? bytes.Length + flipped : flipped] ^= 0x10;
        File.WriteAllBytes(path, bytes);
        Cache.TryOpen(sha256).ShouldBeNull();
        File.Exists(path).ShouldBeFalse();
        Fetch(Cache, package);
        Cache.TryOpen(sha256).ShouldHold(Packages.Images());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void A_file_of_the_cache_that_was_cut_short_is_removed(int length)
    {
        var package = new DataPackage(Packages.Images());
        string path = Fetch(Cache, package);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);
        Cache.TryOpen(package.Identity.Sha256).ShouldBeNull();
        File.Exists(path).ShouldBeFalse();
    }

    [Fact]
    public void The_packages_not_used_for_the_longest_time_make_room()
    {
        DataPackage[] packages =
            [.. Enumerable.Range(0, 4).Select(seed => Packages.OfBytes(4000, seed))];
        var cache = new PackageCache(_folder.File("cache"), 3 * packages[0].Bytes);
        for (int i = 0; i < 3; i++)
        {
            string path = Fetch(cache, packages[i]);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-10 + i));
        }

        cache.TryOpen(packages[0].Identity.Sha256).ShouldNotBeNull("which uses it");
        Fetch(cache, packages[3]);
        packages.Select(package => File.Exists(cache.PathOf(package.Identity.Sha256)))
            .ShouldBe([true, false, true, true]);
    }

    [Fact]
    public void Only_downloads_that_were_abandoned_make_room()
    {
        DataPackage package = Packages.OfBytes(4000);
        var cache = new PackageCache(_folder.File("cache"), package.Bytes);
        string current = _folder.Write($"cache/{new string('a', 64)}.partial", new byte[5000]);
        string old = _folder.Write($"cache/{new string('b', 64)}.partial", new byte[5000]);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-2));
        Fetch(cache, package);
        (File.Exists(current), File.Exists(old)).ShouldBe((true, false));
    }

    [Fact]
    public void A_package_larger_than_the_cache_is_held_in_memory_and_removes_nothing()
    {
        DataPackage small = Packages.OfBytes(400);
        DataPackage large = Packages.OfBytes(4000);
        var cache = new PackageCache(_folder.File("cache"), large.Bytes - 1);
        string path = Fetch(cache, small);
        using var download = new PackageDownload(cache, large.Identity.Sha256);
        Send(download, large);
        download.State.ShouldBe(PackageState.Completed);
        download.CacheProblem.ShouldNotBeNull();
        File.Exists(path).ShouldBeTrue();
        File.Exists(cache.PathOf(large.Identity.Sha256)).ShouldBeFalse();
    }

    private static string Fetch(PackageCache cache, DataPackage package)
    {
        using var download = new PackageDownload(cache, package.Identity.Sha256);
        Send(download, package);
        download.CacheProblem.ShouldBeNull();
        return cache.PathOf(package.Identity.Sha256);
    }

    /// <returns>Parts of ten bytes that were sent.</returns>
    private static int Send(PackageDownload download, DataPackage package)
    {
        int parts = 0;
        while (download.State == PackageState.Fetching)
        {
            byte[] part = new byte[Math.Min(10, package.Bytes - download.WantedOffset)];
            package.Read(download.WantedOffset, part);
            download.Accept(download.WantedOffset, package.Bytes, part);
            parts++;
        }

        return parts;
    }

    /// <summary>A disk with room for so many bytes.</summary>
    private sealed class SmallDisk(int room) : PackageStore
    {
        private readonly MemoryStore _bytes = new();

        public bool LosesAll { get; init; }

        public bool CannotKeep { get; init; }

        public bool IsDisposed { get; private set; }

        public override long Bytes => _bytes.Bytes;

        public override void Read(long offset, Span<byte> destination)
        {
            if (LosesAll)
            {
                throw new IOException("unreadable");
            }

            _bytes.Read(offset, destination);
        }

        public override void Append(ReadOnlySpan<byte> bytes)
        {
            if (Bytes + bytes.Length > room)
            {
                throw new IOException("the disk is full");
            }

            _bytes.Append(bytes);
        }

        public override void Restart() => _bytes.Restart();

        public override void Keep()
        {
            if (CannotKeep)
            {
                throw new IOException("no rename");
            }
        }

        public override void Dispose() => IsDisposed = true;
    }
}
