using System.Security.Cryptography;

namespace DistTrain.Learning;

/// <summary>
/// Downloads a published data set: from the first mirror that delivers, resumed where it was left,
/// checked by length and SHA-256, and put in place by a rename, so that a file that is there is a
/// file that is right. Files that are right already are not downloaded again.
/// </summary>
public sealed class DataFetcher : IDisposable
{
    private readonly FetchOptions _options;
    private readonly HttpClient _http;
    private readonly MirrorClient _mirrors;

    public DataFetcher(FetchOptions? options = null)
    {
        _options = options ?? new FetchOptions();
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = _options.ConnectTimeout,
        })
        {
            // The stall timeout takes its place: a slow download may take hours.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("disttrain");
        _mirrors = new MirrorClient(_http, _options);
    }

    /// <param name="set">What to download.</param>
    /// <param name="folder">Where to; made if it is not there.</param>
    /// <param name="progress">Hears of every few bytes, and of what is worth a note.</param>
    /// <param name="cancel">Stops; what is there can be resumed.</param>
    /// <exception cref="DataException">No mirror delivered, or the disk is full.</exception>
    public async Task FetchAsync(
        PublishedDataset set, string folder, IProgress<FetchProgress>? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        foreach (PublishedFile file in set.Files)
        {
            await FetchFileAsync(set, file, folder, progress, cancel).ConfigureAwait(false);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task FetchFileAsync(
        PublishedDataset set, PublishedFile file, string folder,
        IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        if (await IsInPlaceAsync(file, folder, cancel).ConfigureAwait(false))
        {
            progress?.Report(new FetchProgress(
                file.Name, file.Bytes, file.Bytes, "already there, SHA-256 verified"));
            return;
        }

        using PartialFile partial = PartialFile.Open(file, folder);
        if (partial.Length > 0)
        {
            progress?.Report(new FetchProgress(
                file.Name, partial.Length, file.Bytes, $"resuming at {partial.Length:N0} bytes"));
        }

        var failures = new List<string>();
        foreach (Uri mirror in set.Mirrors)
        {
            string? failure = await TryMirrorAsync(mirror, file, partial, progress, cancel)
                .ConfigureAwait(false);
            if (failure is null)
            {
                progress?.Report(new FetchProgress(
                    file.Name, file.Bytes, file.Bytes, "complete, SHA-256 verified"));
                return;
            }

            failures.Add($"{mirror}: {failure}");
            progress?.Report(new FetchProgress(
                file.Name, partial.Length, file.Bytes, $"{mirror}: {failure}"));
        }

        throw new DataException(
            $"{file.Name}: no mirror delivered it ({string.Join("; ", failures)}). Check the " +
            $"network and fetch again (it resumes), or put the file into {folder} by hand.");
    }

    /// <returns>Why the mirror failed, or null if the file is in place.</returns>
    private async Task<string?> TryMirrorAsync(
        Uri mirror, PublishedFile file, PartialFile partial,
        IProgress<FetchProgress>? progress, CancellationToken cancel)
    {
        var uri = new Uri(mirror, file.Name);
        string failure = "";
        for (int attempt = 0; attempt < _options.AttemptsPerMirror; attempt++)
        {
            if (attempt > 0)
            {
                await Task.Delay(_options.RetryDelay, cancel).ConfigureAwait(false);
            }

            bool resumed = partial.Length > 0;
            try
            {
                if (!partial.IsComplete)
                {
                    await _mirrors.DownloadAsync(uri, file, partial, ReportBytes, cancel)
                        .ConfigureAwait(false);
                }
            }
            catch (MirrorException e)
            {
                failure = e.Message;
                if (e.WorthRetrying)
                {
                    continue;
                }

                return failure;
            }

            if (await partial.TryFinishAsync(cancel).ConfigureAwait(false))
            {
                return null;
            }

            failure = "its SHA-256 is wrong; deleted";
            if (!resumed)
            {
                return failure;
            }

            // The part that was left from before may have been the bad one: once more, from 0.
        }

        return failure;

        void ReportBytes() =>
            progress?.Report(new FetchProgress(file.Name, partial.Length, file.Bytes));
    }

    private static async Task<bool> IsInPlaceAsync(
        PublishedFile file, string folder, CancellationToken cancel)
    {
        var info = new FileInfo(Path.Combine(folder, file.Name));
        if (!info.Exists || info.Length != file.Bytes)
        {
            return false;
        }

        FileStream stream = info.OpenRead();
        await using (stream.ConfigureAwait(false))
        {
            byte[] hash = await SHA256.HashDataAsync(stream, cancel).ConfigureAwait(false);
            return Convert.ToHexStringLower(hash) == file.Sha256;
        }
    }
}
