using Akka.Actor;
using DistTrain.Learning;
using DistTrain.Wire;

namespace DistTrain.Engine.Akka;

/// <summary>
/// Gets the data of a run to a node: from this machine if they are here, else piece by piece from
/// the head that leads, or from another one if that does not answer: all serve the same. What it
/// reads takes a while: not for one of Akka's shared threads.
/// </summary>
/// <param name="node">This node.</param>
/// <param name="cluster">Which heads there are.</param>
#pragma warning disable CA1001 // Its actor ends by Close.
internal sealed class DataFetch(NodeContext node, IClusterView cluster)
#pragma warning restore CA1001
{
    private RunDescription? _run;
    private Address? _head;
    private long _lookedAt = -1;
    private PackageDownload? _download;

    /// <summary>Of the run begun last, once they are here.</summary>
    public DataSplit? Data { get; private set; }

    public bool IsFetching => _download is not null;

    /// <summary>Gets the data of a run.</summary>
    /// <param name="run">Which.</param>
    /// <param name="head">Has them.</param>
    /// <exception cref="DataException">What comes is not what was announced.</exception>
    public void Begin(RunDescription run, Address head)
    {
        _head = head;
        if (_run?.DataSha256 == run.DataSha256 && (Data is not null || _download is not null))
        {
            Ask();
            return;
        }

        Close();
        (_run, Data) = (run, null);
        PackageCache cache = PackageCache.In(node.Options.Data);

        // A head on this machine has read the files: a copy from it costs less than reading them
        // again, and is made once for all workers here.
        Data = head.Host == node.Links.Self.Host
            ? cache.TryOpen(run.DataSha256)
            : LocalData.TryFind(run.ReadRecipe().Data, run.DataSha256, node.Options.Data, cache);
        if (Data is null)
        {
            node.Log.Information($"fetching {run.DataBytes:N0} bytes of data");
            _download = new PackageDownload(cache, run.DataSha256);
            Continue();
        }
    }

    /// <summary>A piece has come.</summary>
    /// <exception cref="DataException">What comes is not what was announced.</exception>
    public void Accept(DataArrived piece)
    {
        if (_download is not null && piece.Part.Sha256 == _run!.DataSha256)
        {
            _download.Accept(piece.Part.Offset, piece.Part.TotalBytes, piece.Bytes.Span);
            Continue();
        }
    }

    /// <summary>Time has passed: asks again, or looks whether another process here is done with
    /// the same.</summary>
    /// <exception cref="DataException">What came is not what was announced.</exception>
    public void Look()
    {
        if (_download is null)
        {
            return;
        }

        _download.Look();
        if (_download.State == PackageState.Fetching && _download.WantedOffset == _lookedAt)
        {
            AskAnother();
        }

        _lookedAt = _download.WantedOffset;
        Continue();
    }

    public void Close()
    {
        _download?.Dispose();
        _download = null;
    }

    private void Continue()
    {
        if (_download is null)
        {
            return;
        }

        if (_download.Failure is { } failure)
        {
            throw failure;
        }

        if (_download.CacheProblem is { } problem)
        {
            node.Log.Warning(problem.Message);
        }

        Data = _download.Data;
        if (Data is null)
        {
            Ask();
        }
        else
        {
            Close();
        }
    }

    /// <summary>Nothing came since the last look.</summary>
    private void AskAnother()
    {
        IReadOnlyList<Address> heads = cluster.Up(NodePaths.HeadRole);
        if (heads.Count > 0)
        {
            int last = Enumerable.Range(0, heads.Count)
                .FirstOrDefault(i => heads[i] == _head, -1);
            _head = heads[(last + 1) % heads.Count];
            node.Log.Debug($"asking {NodeLinks.NameOf(_head)} for data");
        }
    }

    private void Ask()
    {
        if (_download is { State: PackageState.Fetching } download)
        {
            node.Links.To(_head!).TrySend(new RequestData(_run!.DataSha256, download.WantedOffset));
        }
    }
}
