using System.Net;
using DistTrain.Learning;
using DistTrain.Wire;

namespace DistTrain.Engine.Tcp;

/// <summary>Gets the data of a run to a node: from this machine if they are here, else piece by
/// piece from the head.</summary>
/// <param name="folders">Where data are looked for and kept.</param>
/// <param name="events">What comes from the head.</param>
/// <param name="onPlaces">Takes the news that have nothing to do with data.</param>
/// <param name="log">For people.</param>
internal sealed class DataFetch(
    DataFolders folders, HeadEvents events, Action<SlicePlaces> onPlaces, INodeLog log)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(2);

    private string? _sha256;
    private DataSplit? _data;

    /// <summary>The data, or the event that made them pointless: a lost connection, another
    /// welcome.</summary>
    /// <exception cref="DataException">What comes is not what was announced.</exception>
    public (DataSplit? Data, HeadEvent? Instead) Get(RunDescription run, Link link)
    {
        if (_sha256 == run.DataSha256)
        {
            return (_data, null);
        }

        (_data, _sha256) = (null, null);
        PackageCache cache = PackageCache.In(folders);

        // A head on this machine has read the files: a copy from it costs less than reading them
        // again, and is made once for all workers here.
        DataSplit? data = IPAddress.IsLoopback(link.RemoteEndPoint.Address)
            ? cache.TryOpen(run.DataSha256)
            : LocalData.TryFind(
                run.ReadRecipe().Data, run.DataSha256, folders, cache);
        HeadEvent? instead = null;
        if (data is null)
        {
            using var download = new PackageDownload(cache, run.DataSha256);
            instead = Download(download, run, link);
            data = download.Data;
        }

        if (data is not null)
        {
            (_data, _sha256) = (data, run.DataSha256);
        }

        return (data, instead);
    }

    private HeadEvent? Download(PackageDownload download, RunDescription run, Link link)
    {
        log.Information($"fetching {run.DataBytes:N0} bytes of data from the head");
        DateTime report = DateTime.UtcNow + ReportInterval;
        Ask(download, run, link);
        while (download.State is PackageState.Fetching or PackageState.Waiting)
        {
            switch (events.Take(LookInterval))
            {
                case HeadEvent.Data data when data.Part.Sha256 == run.DataSha256:
                    download.Accept(data.Part.Offset, data.Part.TotalBytes, data.Bytes.Span);
                    Ask(download, run, link);
                    break;
                case HeadEvent.Data:
                    break; // of a run before
                case HeadEvent.Places places:
                    onPlaces(places.Message);
                    break;
                case null:
                    LookAgain(download, run, link);
                    break;
                case { } other:
                    return other;
            }

            if (DateTime.UtcNow >= report)
            {
                PackageProgress progress = download.Progress;
                log.Information(
                    $"data: {progress.Bytes:N0} of {run.DataBytes:N0} bytes");
                report = DateTime.UtcNow + ReportInterval;
            }
        }

        if (download.Failure is { } failure)
        {
            throw failure;
        }

        if (download.CacheProblem is { } problem)
        {
            log.Warning(problem.Message);
        }

        return null;
    }

    private static void LookAgain(PackageDownload download, RunDescription run, Link link)
    {
        bool waited = download.State == PackageState.Waiting;
        download.Look();
        if (waited)
        {
            Ask(download, run, link);
        }
    }

    private static void Ask(PackageDownload download, RunDescription run, Link link)
    {
        if (download.State == PackageState.Fetching)
        {
            link.TrySend(new RequestData(run.DataSha256, download.WantedOffset));
        }
    }
}
