namespace DistTrain.Learning.Tests;

/// <summary>Many workers of one machine that begin at once.</summary>
public sealed class PackageConcurrencyTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_many_workers_one_fetches_and_all_have_the_data()
    {
        const int Workers = 8;
        DataPackage package = Packages.OfBytes(3 * PackageLimits.PartBytes);
        int parts = 0;
        using var start = new Barrier(Workers);
        Task<DataSplit>[] workers =
        [
            .. Enumerable.Range(0, Workers).Select(_ => Task.Factory.StartNew(
                Fetch, CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default)),
        ];
        DataSplit[] all = await Task.WhenAll(workers).WaitAsync(Limit);
        foreach (DataSplit data in all)
        {
            new DataPackage(data).Identity.ShouldBe(package.Identity);
        }

        parts.ShouldBe(4, "of 2 MiB, once each");

        DataSplit Fetch()
        {
            start.SignalAndWait(Limit);
            using var download = new PackageDownload(
                new PackageCache(_folder.Path), package.Identity.Sha256);
            byte[] part = new byte[PackageLimits.PartBytes];
            while (download.Data is null)
            {
                if (download.State == PackageState.Waiting)
                {
                    Thread.Yield();
                    download.Look();
                    continue;
                }

                long offset = download.WantedOffset;
                Span<byte> next =
                    part.AsSpan(0, (int)Math.Min(part.Length, package.Bytes - offset));
                package.Read(offset, next);
                Interlocked.Increment(ref parts);
                download.Accept(offset, package.Bytes, next);
                download.Failure.ShouldBeNull();
            }

            download.CacheProblem.ShouldBeNull();
            return download.Data;
        }
    }
}
