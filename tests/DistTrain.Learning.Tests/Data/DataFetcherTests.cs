using System.Security.Cryptography;

namespace DistTrain.Learning.Tests;

public sealed class DataFetcherTests : IDisposable
{
    private const string FileName = "train-images-idx3-ubyte.gz";

    private static readonly byte[] Content = MakeContent();
    private static readonly FetchOptions Options = new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(5),
        StallTimeout = TimeSpan.FromSeconds(20),
        RetryDelay = TimeSpan.Zero,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly List<FetchProgress> _reports = [];

    private string Target => _folder.File(FileName);

    private string Partial => Target + ".partial";

    private IEnumerable<string> Notes =>
        _reports.Where(report => report.Note is not null).Select(report => report.Note!);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_whole_file_is_downloaded_and_its_bytes_are_reported()
    {
        using var server = new FileServer(Content);
        await FetchAsync(server.Uri);
        ShouldBeInPlace();
        server.Ranges.ShouldBe([""]);
        long[] bytes = [.. _reports.Select(report => report.Bytes)];
        bytes.ShouldBe(bytes.Order());
        _reports[^1].ShouldBe(new FetchProgress(
            FileName, Content.Length, Content.Length, "complete, SHA-256 verified"));
        _reports.Count.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task A_file_that_is_right_is_not_downloaded_again()
    {
        using var server = new FileServer(Content);
        _folder.Write(FileName, Content);
        await FetchAsync(server.Uri);
        server.Ranges.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_is_wrong_is_replaced()
    {
        using var server = new FileServer(Content);
        byte[] damaged = [.. Content];
        damaged[^1] ^= 1;
        _folder.Write(FileName, damaged);
        await FetchAsync(server.Uri);
        ShouldBeInPlace();
    }

    [Fact]
    public async Task What_is_left_of_an_earlier_download_is_continued()
    {
        using var server = new FileServer(Content);
        File.WriteAllBytes(Partial, Content[..70_000]);
        await FetchAsync(server.Uri);
        ShouldBeInPlace();
        server.Ranges.ShouldBe(["bytes=70000-"]);
        Notes.First().ShouldBe("resuming at 70,000 bytes");
    }

    [Fact]
    public async Task A_complete_rest_of_an_earlier_download_needs_no_server()
    {
        using var server = new FileServer(Content);
        File.WriteAllBytes(Partial, Content);
        await FetchAsync(server.Uri);
        ShouldBeInPlace();
        server.Ranges.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bad_rest_of_an_earlier_download_is_found_out_and_downloaded_anew(bool whole)
    {
        using var server = new FileServer(Content);
        byte[] damaged = [.. Content];
        damaged[100] ^= 1;
        File.WriteAllBytes(Partial, whole ? damaged : damaged[..70_000]);
        await FetchAsync(server.Uri);
        ShouldBeInPlace();
        server.Ranges[^1].ShouldBe("");
    }

    [Fact]
    public async Task A_rest_longer_than_the_file_is_thrown_away()
    {
        using var server = new FileServer(Content);
        File.WriteAllBytes(Partial, [.. Content, 1]);
        await FetchAsync(server.Uri);
        ShouldBeInPlace();
        server.Ranges.ShouldBe([""]);
    }

    [Theory]
    [InlineData((int)Serving.IgnoringRanges)]
    [InlineData((int)Serving.WrongRange)]
    [InlineData((int)Serving.NoRange)]
    public async Task A_server_that_cannot_resume_sends_the_file_from_its_start(int serving)
    {
        using var server = new FileServer(Content, (Serving)serving);
        File.WriteAllBytes(Partial, Content[..70_000]);
        await FetchAsync(server.Uri);
        ShouldBeInPlace();
        server.Ranges[0].ShouldBe("bytes=70000-");
    }

    [Fact]
    public async Task A_cut_connection_is_resumed_where_it_was_cut()
    {
        using var server = new FileServer(Content, Serving.HalfAndClose, Serving.HalfAndClose);
        await FetchAsync(server.Uri);
        ShouldBeInPlace();
        int half = Content.Length / 2;
        int threeQuarters = half + ((Content.Length - half) / 2);
        server.Ranges.ShouldBe(["", $"bytes={half}-", $"bytes={threeQuarters}-"]);
    }

    [Fact]
    public async Task A_connection_that_hangs_is_given_up_and_resumed()
    {
        using var server = new FileServer(Content, Serving.HalfAndHang);
        await FetchAsync(
            Options with { StallTimeout = TimeSpan.FromMilliseconds(300) }, server.Uri);
        ShouldBeInPlace();
        server.Ranges.ShouldBe(["", $"bytes={Content.Length / 2}-"]);
    }

    [Theory]
    [InlineData((int)Serving.NotFound, 1, "it answered 404 Not Found")]
    [InlineData((int)Serving.Unavailable, 3, "it answered 503 Service Unavailable")]
    [InlineData((int)Serving.OtherPage, 1, "it offers 19 bytes instead of 200,000")]
    [InlineData((int)Serving.Corrupted, 1, "its SHA-256 is wrong; deleted")]
    public async Task A_bad_mirror_gives_way_to_the_next(int serving, int requests, string note)
    {
        Serving[] script = [.. Enumerable.Repeat((Serving)serving, 9)];
        using var bad = new FileServer(Content, script);
        using var good = new FileServer(Content);
        await FetchAsync(bad.Uri, good.Uri);
        ShouldBeInPlace();
        bad.Ranges.Length.ShouldBe(requests);
        good.Ranges.ShouldBe([""]);
        Notes.ShouldContain($"{bad.Uri}: {note}");
    }

    [Fact]
    public async Task The_next_mirror_continues_what_the_first_began()
    {
        using var dying = new FileServer(
            Content, Serving.HalfAndClose, Serving.NotFound);
        using var good = new FileServer(Content);
        await FetchAsync(dying.Uri, good.Uri);
        ShouldBeInPlace();
        good.Ranges.ShouldBe([$"bytes={Content.Length / 2}-"]);
    }

    [Fact]
    public async Task A_mirror_that_is_dead_gives_way_to_the_next()
    {
        var dead = new FileServer(Content);
        Uri deadUri = dead.Uri;
        dead.Dispose();
        using var good = new FileServer(Content);
        await FetchAsync(deadUri, good.Uri);
        ShouldBeInPlace();
    }

    [Fact]
    public async Task A_wrong_hash_from_every_mirror_leaves_nothing_and_says_so()
    {
        using var server = new FileServer(Content, Serving.Corrupted);
        DataException e = await Should.ThrowAsync<DataException>(() => FetchAsync(server.Uri));
        e.Message.ShouldContain($"{FileName}: no mirror delivered it");
        e.Message.ShouldContain($"{server.Uri}: its SHA-256 is wrong");
        e.Message.ShouldContain(_folder.Path);
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_download_that_is_stopped_can_be_resumed()
    {
        using var server = new FileServer(Content, Serving.HalfAndHang);
        using var stop = new CancellationTokenSource();
        var progress = new Listener(report =>
        {
            if (report.Bytes == Content.Length / 2)
            {
                stop.Cancel();
            }
        });
        using (var fetcher = new DataFetcher(Options))
        {
            await Should.ThrowAsync<OperationCanceledException>(
                () => fetcher.FetchAsync(SetOf(server.Uri), _folder.Path, progress, stop.Token));
        }

        new FileInfo(Partial).Length.ShouldBe(Content.Length / 2);
        await FetchAsync(server.Uri);
        ShouldBeInPlace();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        using var server = new FileServer(Content);
        string file = _folder.Write("file", "not a folder");
        using var fetcher = new DataFetcher(Options);
        DataException e = await Should.ThrowAsync<DataException>(
            () => fetcher.FetchAsync(SetOf(server.Uri), Path.Combine(file, "sub")));
        e.Message.ShouldContain("cannot be written");
    }

    [Fact]
    public void The_catalog_has_lengths_hashes_and_several_mirrors_for_every_set()
    {
        foreach (PublishedDataset set in DataCatalog.Published)
        {
            set.Mirrors.Count.ShouldBeGreaterThan(1);
            set.Mirrors.ShouldAllBe(uri => uri.AbsoluteUri.EndsWith('/'));
            set.Files.Select(file => file.Name).ShouldBe(
                [FileName, "train-labels-idx1-ubyte.gz",
                 "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]);
            set.Files.ShouldAllBe(file => file.Sha256.Length == 64 && file.Bytes > 0);
            set.TrainingLabelCounts.Sum().ShouldBe(60_000);
        }

        DataCatalog.Find("Fashion-MNIST").ShouldBe(DataCatalog.FashionMnist);
        DataCatalog.Find("digits").ShouldBeNull();
    }

    [SkippableFact]
    public async Task The_catalog_has_the_hashes_of_the_real_MNIST()
    {
        string? given = Environment.GetEnvironmentVariable(DataFolders.Variable);
        Skip.If(string.IsNullOrEmpty(given), $"{DataFolders.Variable} is not set");
        string? folder = new[] { given!, Path.Combine(given!, "mnist") }.FirstOrDefault(
            candidate => DataCatalog.Mnist.Files.All(
                file => File.Exists(Path.Combine(candidate, file.Name))));
        Skip.If(folder is null, $"{DataFolders.Variable} does not hold the original files");
        foreach (PublishedFile file in DataCatalog.Mnist.Files)
        {
            byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(folder!, file.Name));
            bytes.LongLength.ShouldBe(file.Bytes);
            Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe(file.Sha256);
        }
    }

    private Task FetchAsync(params Uri[] mirrors) => FetchAsync(Options, mirrors);

    private async Task FetchAsync(FetchOptions options, params Uri[] mirrors)
    {
        using var fetcher = new DataFetcher(options);
        await fetcher.FetchAsync(SetOf(mirrors), _folder.Path, new Listener(_reports.Add));
    }

    private void ShouldBeInPlace()
    {
        File.ReadAllBytes(Target).AsSpan().SequenceEqual(Content).ShouldBeTrue();
        File.Exists(Partial).ShouldBeFalse();
    }

    private static PublishedDataset SetOf(params Uri[] mirrors)
    {
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(Content));
        return new("test", "A test", mirrors, [new(FileName, Content.Length, sha256)], []);
    }

    private static byte[] MakeContent()
    {
        byte[] content = new byte[200_000];
        for (int i = 0; i < content.Length; i++)
        {
            content[i] = (byte)(i * i / 7);
        }

        return content;
    }

    /// <summary>Hears reports at once, on the thread that makes them.</summary>
    private sealed class Listener(Action<FetchProgress> hear) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value) => hear(value);
    }
}
