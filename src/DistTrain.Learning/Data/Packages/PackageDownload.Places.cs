namespace DistTrain.Learning;

/// <summary>Where the parts go: the cache, another process's hands, or memory.</summary>
public sealed partial class PackageDownload
{
    private void Begin()
    {
        try
        {
            if (_cache.TryOpen(_sha256) is { } data)
            {
                CompleteWith(data);
                return;
            }

            PackageStore? store = _cache.TryBegin(_sha256);
            if (store is null)
            {
                WaitForAnother();
                return;
            }

            // Between the look and the lock another may have completed it.
            if (_cache.TryOpen(_sha256) is { } others)
            {
                store.Restart();
                store.Dispose();
                CompleteWith(others);
                return;
            }

            FetchInto(store);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CacheProblem = _cache.CannotKeep(e);
            FetchInto(new MemoryStore());
        }
    }

    private void FetchInto(PackageStore store)
    {
        _store = store;
        _isResumed = store.Bytes > 0;
        State = PackageState.Fetching;
    }

    private void WaitForAnother()
    {
        State = PackageState.Waiting;
        long bytes = _cache.PartialBytes(_sha256);
        if (bytes != _othersBytes)
        {
            _othersBytes = bytes;
            _othersBytesSince = _clock.GetTimestamp();
        }
        else if (_clock.GetElapsedTime(_othersBytesSince) >= _patience)
        {
            CacheProblem = _cache.CannotKeep(new IOException(
                $"another process has stood still for {_patience.TotalSeconds:0} s with them"));
            FetchInto(new MemoryStore());
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _store!.Append(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            long offset = WantedOffset;
            MoveToMemory(e);
            if (WantedOffset == offset)
            {
                _store!.Append(bytes);
            }
        }
    }

    private void MakeRoom()
    {
        if (_store is MemoryStore)
        {
            return;
        }

        try
        {
            _cache.MakeRoom(_sha256, _total);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            MoveToMemory(e);
        }
    }

    /// <summary>What the disk has no room for, or does not give back, is held in memory.</summary>
    private void MoveToMemory(Exception reason)
    {
        CacheProblem = _cache.CannotKeep(reason);
        PackageStore disk = _store!;
        try
        {
            _store = MemoryStore.CopyOf(disk);
        }
        catch (IOException)
        {
            _store = new MemoryStore();
            _isResumed = false;
        }

        disk.Restart();
        disk.Dispose();
    }

    private void Keep()
    {
        try
        {
            _store!.Keep();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CacheProblem = _cache.CannotKeep(e);
        }
    }
}
