namespace DistTrain.Learning;

/// <summary>
/// A package's way into the cache, part by part. It knows no network: it says which offset it
/// wants, and whoever carries the parts hands them over in any order and as often as they come.
///
///     Waiting ──► Fetching ──► Completed       Waiting: another is at it; Look() from time to time
///        └───────────┼────────► Completed      Failed: what comes is not what was announced
///                    └────────► Failed
///
/// Without a disk to write it goes on in memory. One thread's own. The part that completes it, and
/// the constructor, read the whole package: they take a while (0.1 s for MNIST).
/// </summary>
public sealed partial class PackageDownload : IDisposable
{
    /// <summary>How long another process that downloads the same may stand still.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(30);

    private readonly PackageCache _cache;
    private readonly string _sha256;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _patience;
    private PackageStore? _store;
    private bool _isResumed;
    private long _total;
    private long _othersBytes = -1;
    private long _othersBytesSince;

    /// <param name="cache">Where it is looked for, and put.</param>
    /// <param name="sha256">Which package.</param>
    /// <param name="clock">For the wait for another process; null takes the system's.</param>
    /// <param name="patience">Null is <see cref="DefaultPatience"/>.</param>
    /// <exception cref="ArgumentException">Not a hash.</exception>
    public PackageDownload(
        PackageCache cache, string sha256, TimeProvider? clock = null, TimeSpan? patience = null)
    {
        ArgumentNullException.ThrowIfNull(cache);
        PackageIdentity.RequireSha256(sha256);
        _cache = cache;
        _sha256 = sha256;
        _clock = clock ?? TimeProvider.System;
        _patience = patience ?? DefaultPatience;
        Begin();
    }

    /// <summary>With a store of the test's.</summary>
    internal PackageDownload(PackageCache cache, string sha256, PackageStore store)
    {
        (_cache, _sha256, _clock) = (cache, sha256, TimeProvider.System);
        FetchInto(store);
    }

    public PackageState State { get; private set; }

    /// <summary>The first byte of the part to ask for next; only while fetching.</summary>
    public long WantedOffset => _store?.Bytes ?? 0;

    public PackageProgress Progress => new(
        State switch
        {
            PackageState.Completed => _total,
            PackageState.Waiting => Math.Max(0, _othersBytes),
            _ => WantedOffset,
        },
        _total);

    /// <summary>Once completed.</summary>
    public DataSplit? Data { get; private set; }

    /// <summary>Once failed.</summary>
    public DataException? Failure { get; private set; }

    /// <summary>Why the package is in memory only, for the user; null where it is in the cache.
    /// </summary>
    public DataException? CacheProblem { get; private set; }

    /// <summary>Looks whether another process is done, or gone: to be called about once a second
    /// while waiting. Otherwise it does nothing.</summary>
    public void Look()
    {
        if (State == PackageState.Waiting)
        {
            Begin();
        }
    }

    /// <summary>
    /// Takes a part. One that is not wanted (late, or there already) is ignored. A sender that is
    /// asked for an offset behind the end sends an empty part with the total.
    /// </summary>
    /// <param name="offset">Of its first byte.</param>
    /// <param name="total">Bytes of the package.</param>
    /// <param name="bytes">1 … <see cref="PackageLimits.PartBytes"/>.</param>
    public void Accept(long offset, long total, ReadOnlySpan<byte> bytes)
    {
        if (State != PackageState.Fetching || offset != WantedOffset)
        {
            return;
        }

        if (ProblemOf(total, bytes.Length) is { } problem)
        {
            Fail(problem);
            return;
        }

        if (_total == 0)
        {
            _total = total;
            MakeRoom();
            if (offset != WantedOffset)
            {
                return; // the disk has lost what was there
            }
        }

        if (total - offset < Math.Max(1, bytes.Length))
        {
            RestartOrFail($"it is longer than the {total:N0} bytes announced");
            return;
        }

        Append(bytes);
        if (WantedOffset == _total)
        {
            Complete();
        }
    }

    /// <summary>Gives its place up; what has come of it stays for the next.</summary>
    public void Dispose()
    {
        _store?.Dispose();
        _store = null;
    }

    private string? ProblemOf(long total, int partBytes)
    {
        if (total is < 1 or > PackageLimits.Bytes)
        {
            return $"{total:N0} bytes are announced, not 1 … {PackageLimits.Bytes:N0}";
        }

        if (_total != 0 && total != _total)
        {
            return $"first {_total:N0} bytes were announced, now {total:N0}";
        }

        bool isPart = partBytes is > 0 and <= PackageLimits.PartBytes;
        return isPart || WantedOffset >= total
            ? null
            : $"a part has {partBytes:N0} bytes, not 1 … {PackageLimits.PartBytes:N0}";
    }

    private void Complete()
    {
        try
        {
            VerifyAndRead();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            MoveToMemory(e);
            if (WantedOffset == _total)
            {
                VerifyAndRead();
            }
        }
    }

    private void VerifyAndRead()
    {
        PackageIdentity identity = PackageIdentity.Of(_store!);
        if (identity.Sha256 != _sha256)
        {
            RestartOrFail($"its SHA-256 is {identity.Sha256}");
            return;
        }

        try
        {
            DataSplit data = PackageReader.Read(_store!);
            Keep();
            CompleteWith(data);
        }
        catch (DataException e)
        {
            Fail(e);
        }
    }

    /// <summary>What was left from before may have been the bad part: once more, from 0.</summary>
    private void RestartOrFail(string problem)
    {
        if (_isResumed)
        {
            _isResumed = false;
            _store!.Restart();
        }
        else
        {
            Fail(problem);
        }
    }

    private void CompleteWith(DataSplit data)
    {
        Data = data;
        State = PackageState.Completed;
        _total = _total == 0 ? new DataPackage(data).Bytes : _total;
        Dispose();
    }

    private void Fail(string problem) => Fail(new DataException(
        $"The data package {_sha256} does not arrive as it should: {problem}. Check that the " +
        "head and its workers run one version of disttrain, then start the worker again."));

    private void Fail(DataException failure)
    {
        _store?.Restart();
        Failure = failure;
        State = PackageState.Failed;
        Dispose();
    }
}
