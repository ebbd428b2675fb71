namespace DistTrain.Learning.Tests;

public sealed class PackageDownloadTests : IDisposable
{
    private const int Part = PackageLimits.PartBytes;

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    private PackageCache Cache => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(Part)]
    public void Parts_of_any_size_become_the_data_and_a_file_of_the_cache(int partBytes)
    {
        DataSplit split = Packages.Images();
        var package = new DataPackage(split);
        string sha256 = package.Identity.Sha256;
        using var download = new PackageDownload(Cache, sha256, _clock);
        download.State.ShouldBe(PackageState.Fetching);
        Send(download, package, partBytes);
        download.State.ShouldBe(PackageState.Completed);
        download.Data.ShouldHold(split);
        download.Progress.ShouldBe(new PackageProgress(package.Bytes, package.Bytes));
        download.CacheProblem.ShouldBeNull();
        File.ReadAllBytes(Cache.PathOf(sha256)).ShouldBe(Packages.BytesOf(package));
        Files().ShouldBe([sha256 + ".dtdata", $"lock-{sha256[0]}"], ignoreOrder: true);

        using var next = new PackageDownload(Cache, sha256, _clock);
        next.State.ShouldBe(PackageState.Completed, "it is there already");
        next.Data.ShouldHold(split);
        next.Progress.ShouldBe(new PackageProgress(package.Bytes, package.Bytes));
    }

    [Fact]
    public void Progress_says_what_is_here_of_how_much()
    {
        DataPackage package = Packages.OfBytes(3 * Part);
        using var download = new PackageDownload(Cache, package.Identity.Sha256, _clock);
        download.Progress.ShouldBe(new PackageProgress(0, 0));
        SendOne(download, package, Part);
        download.Progress.ShouldBe(new PackageProgress(Part, package.Bytes));
    }

    [Fact]
    public void Late_and_repeated_parts_are_ignored()
    {
        var package = new DataPackage(Packages.Images());
        using var download = new PackageDownload(Cache, package.Identity.Sha256, _clock);
        byte[] bytes = Packages.BytesOf(package);
        download.Accept(10, package.Bytes, bytes.AsSpan(10, 10));
        download.Accept(0, package.Bytes, bytes.AsSpan(0, 10));
        download.Accept(0, package.Bytes, new byte[5]);
        download.Accept(20, package.Bytes, new byte[5]);
        download.WantedOffset.ShouldBe(10);
        Send(download, package, 100);
        download.State.ShouldBe(PackageState.Completed);
        download.Accept(0, 5, new byte[5]);
        download.State.ShouldBe(PackageState.Completed);
    }

    [Fact]
    public void A_download_that_was_left_goes_on_where_whole_parts_end()
    {
        DataPackage package = Packages.OfBytes(3 * Part);
        string sha256 = package.Identity.Sha256;
        using (var first = new PackageDownload(Cache, sha256, _clock))
        {
            SendOne(first, package, Part);
            SendOne(first, package, Part);
            SendOne(first, package, 5);
        }

        using var second = new PackageDownload(Cache, sha256, _clock);
        second.WantedOffset.ShouldBe(2 * Part);
        Send(second, package, Part).ShouldBe(2);
        second.State.ShouldBe(PackageState.Completed);
        new DataPackage(second.Data!).Identity.ShouldBe(package.Identity);
    }

    [Fact]
    public void What_was_left_but_is_damaged_is_fetched_again_from_the_start()
    {
        DataPackage package = Packages.OfBytes(2 * Part);
        string sha256 = package.Identity.Sha256;
        byte[] left = Packages.BytesOf(package)[..(Part + 1)];
        left[1000] ^= 1;
        string partial = _folder.Write(sha256 + ".partial", left);
        using var download = new PackageDownload(Cache, sha256, _clock);
        download.WantedOffset.ShouldBe(Part);
        SendOne(download, package, Part);
        SendOne(download, package, Part);
        (download.State, download.WantedOffset).ShouldBe((PackageState.Fetching, 0));
        Send(download, package, Part);
        download.State.ShouldBe(PackageState.Completed);
        File.Exists(partial).ShouldBeFalse();
        Cache.TryOpen(sha256).ShouldNotBeNull();
    }

    [Fact]
    public void What_was_left_but_is_longer_than_the_package_is_fetched_again_from_the_start()
    {
        var package = new DataPackage(Packages.Images());
        string sha256 = package.Identity.Sha256;
        _folder.Write(sha256 + ".partial", new byte[(2 * Part) + 1]);
        using var download = new PackageDownload(Cache, sha256, _clock);
        download.WantedOffset.ShouldBe(2 * Part);
        download.Accept(2 * Part, package.Bytes, []);
        (download.State, download.WantedOffset).ShouldBe((PackageState.Fetching, 0));
        Send(download, package, 50);
        download.State.ShouldBe(PackageState.Completed);
        new FileInfo(Cache.PathOf(sha256)).Length.ShouldBe(package.Bytes);
    }

    [Fact]
    public void A_flipped_byte_on_the_way_ends_it_and_leaves_nothing()
    {
        var package = new DataPackage(Packages.Images());
        byte[] bytes = Packages.BytesOf(package);
        bytes[^1] ^= 1;
        using var download = new PackageDownload(Cache, package.Identity.Sha256, _clock);
        download.Accept(0, bytes.Length, bytes);
        download.State.ShouldBe(PackageState.Failed);
        download.Failure!.Message.ShouldContain($"its SHA-256 is {Packages.Sha256(bytes)}");
        download.Data.ShouldBeNull();
        Files().ShouldBe([$"lock-{package.Identity.Sha256[0]}"]);
    }

    [Theory]
    [InlineData(0, 5, "0 bytes are announced")]
    [InlineData(-1, 5, "-1 bytes are announced")]
    [InlineData(PackageLimits.Bytes + 1, 5, "17,179,869,185 bytes are announced")]
    [InlineData(100, 0, "a part has 0 bytes")]
    [InlineData(Part * 2L, Part + 1, "a part has 2,097,153 bytes")]
    [InlineData(4, 5, "longer than the 4 bytes announced")]
    public void Lying_lengths_end_it(long total, int partBytes, string expected)
    {
        using var download = new PackageDownload(Cache, new string('a', 64), _clock);
        download.Accept(0, total, new byte[partBytes]);
        download.State.ShouldBe(PackageState.Failed);
        download.Failure!.Message.ShouldContain(expected);
    }

    [Fact]
    public void Another_total_than_before_ends_it()
    {
        using var download = new PackageDownload(Cache, new string('a', 64), _clock);
        download.Accept(0, 100, new byte[5]);
        download.Accept(5, 101, new byte[5]);
        download.Failure!.Message.ShouldContain("first 100 bytes were announced, now 101");
    }

    [Fact]
    public void A_package_with_the_right_hash_that_is_none_ends_it()
    {
        byte[] bytes = [1, 2, 3];
        using var download = new PackageDownload(Cache, Packages.Sha256(bytes), _clock);
        download.Accept(0, 3, bytes);
        download.State.ShouldBe(PackageState.Failed);
        download.Failure!.Message.ShouldContain("malformed");
        Cache.TryOpen(Packages.Sha256(bytes)).ShouldBeNull();
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("ABCDEF")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_hash_is_no_file_name(string sha256) =>
        Should.Throw<ArgumentException>(() => new PackageDownload(Cache, sha256, _clock));

    [Fact]
    public void Another_download_of_the_same_is_waited_for()
    {
        DataPackage package = Packages.OfBytes(2 * Part);
        string sha256 = package.Identity.Sha256;
        using var first = new PackageDownload(Cache, sha256, _clock);
        using var second = new PackageDownload(Cache, sha256, _clock);
        second.State.ShouldBe(PackageState.Waiting);
        SendOne(first, package, Part);
        second.Look();
        second.State.ShouldBe(PackageState.Waiting);
        second.Progress.Bytes.ShouldBe(Part);
        second.Accept(0, package.Bytes, new byte[5]);
        Send(first, package, Part);
        second.Look();
        second.State.ShouldBe(PackageState.Completed);
        new DataPackage(second.Data!).Identity.ShouldBe(package.Identity);
        second.CacheProblem.ShouldBeNull();
    }

    [Fact]
    public void A_download_whose_process_ended_is_taken_over()
    {
        DataPackage package = Packages.OfBytes(2 * Part);
        string sha256 = package.Identity.Sha256;
        var first = new PackageDownload(Cache, sha256, _clock);
        using var second = new PackageDownload(Cache, sha256, _clock);
        SendOne(first, package, Part);
        SendOne(first, package, 1);
        first.Dispose();
        second.Look();
        (second.State, second.WantedOffset).ShouldBe((PackageState.Fetching, Part));
    }

    [Fact]
    public void A_download_that_stands_still_is_not_waited_for_for_ever()
    {
        DataPackage package = Packages.OfBytes(2 * Part);
        string sha256 = package.Identity.Sha256;
        TimeSpan patience = PackageDownload.DefaultPatience;
        using var first = new PackageDownload(Cache, sha256, _clock);
        using var second = new PackageDownload(Cache, sha256, _clock);
        _clock.Pass(patience - TimeSpan.FromSeconds(1));
        SendOne(first, package, Part);
        second.Look();
        _clock.Pass(patience - TimeSpan.FromSeconds(1));
        second.Look();
        second.State.ShouldBe(PackageState.Waiting, "it moved not long ago");
        _clock.Pass(TimeSpan.FromSeconds(1));
        second.Look();
        (second.State, second.WantedOffset).ShouldBe((PackageState.Fetching, 0));
        Send(second, package, Part);
        second.State.ShouldBe(PackageState.Completed);
        second.CacheProblem!.Message.ShouldContain("stood still for 30 s");
        Send(first, package, Part);
        first.State.ShouldBe(PackageState.Completed, "and the other is not disturbed");
    }

    /// <returns>Parts that were sent until no more were wanted.</returns>
    private static int Send(PackageDownload download, DataPackage package, int partBytes)
    {
        int parts = 0;
        while (download.State == PackageState.Fetching)
        {
            SendOne(download, package, partBytes);
            parts++;
        }

        return parts;
    }

    private static void SendOne(PackageDownload download, DataPackage package, int partBytes)
    {
        long offset = download.WantedOffset;
        byte[] part = new byte[Math.Min(partBytes, package.Bytes - offset)];
        package.Read(offset, part);
        download.Accept(offset, package.Bytes, part);
    }

    private string[] Files() =>
        [.. Directory.GetFiles(_folder.Path).Select(file => Path.GetFileName(file))];
}
