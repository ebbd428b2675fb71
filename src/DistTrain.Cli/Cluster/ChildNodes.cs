using DistTrain.Engine;
using DistTrain.Engine.Tcp;

namespace DistTrain.Cli;

/// <summary>
/// The processes that a head has started. They end when it says that the run is over; those that
/// do not are ended, so that none is left behind, however the run ended.
/// </summary>
/// <param name="folder">Their logs.</param>
/// <param name="token">The run's, or null where its engine has none.</param>
/// <param name="log">For people.</param>
/// <param name="onNoneLeft">Called when no worker will come any more.</param>
internal sealed class ChildNodes(
    NodeFolder folder, RunToken? token, INodeLog log, Action onNoneLeft) : IDisposable
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan InputPatience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly List<ChildNode> _nodes = [];
    private HostPort _head = new("127.0.0.1", 0);
    private bool _isStopping;

    /// <param name="head">Where the head listens.</param>
    /// <param name="plans">Which processes.</param>
    public void Start(HostPort head, IReadOnlyList<ChildPlan> plans)
    {
        _head = head;
        foreach (ChildPlan plan in plans)
        {
            var node = new ChildNode(
                plan,
                onOutput => new ChildProcess(
                    plan, _head, token, folder.LogOf(plan.Name), onOutput),
                log);
            node.Changed += OnChanged;
            _nodes.Add(node);
        }
        foreach (ChildNode node in _nodes)
        {
            node.Start();
        }
    }

    /// <summary>The head has said farewell: waits for them to go.</summary>
    public void AwaitEnd()
    {
        BeginStop();
        Await(EndPatience);
    }

    /// <summary>Ends whatever still runs.</summary>
    public void Dispose()
    {
        BeginStop();
        foreach (ChildNode node in _nodes)
        {
            node.EndInput();
        }
        if (!Await(InputPatience))
        {
            foreach (ChildNode node in _nodes)
            {
                node.Kill();
            }
            Await(InputPatience);
        }
        foreach (ChildNode node in _nodes.Where(node => node.IsOver))
        {
            node.Dispose();
        }
    }

    private void BeginStop()
    {
        lock (_gate)
        {
            _isStopping = true;
        }
        foreach (ChildNode node in _nodes)
        {
            node.BeginStop();
        }
    }

    /// <returns>False if one still runs.</returns>
    private bool Await(TimeSpan patience)
    {
        long end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        bool areOver = true;
        foreach (ChildNode node in _nodes)
        {
            long left = Math.Max(0, end - Environment.TickCount64);
            areOver &= node.AwaitEnd(TimeSpan.FromMilliseconds(left));
        }
        return areOver;
    }

    private void OnChanged()
    {
        bool isNoneLeft;
        lock (_gate)
        {
            ChildNode[] workers = [.. _nodes.Where(node => node.Role == ChildRole.Worker)];
            isNoneLeft = !_isStopping && workers.All(node => node.IsOver)
                && workers.Any(node => node.IsGivenUp);
            WriteEntries();
        }
        if (isNoneLeft)
        {
            onNoneLeft();
        }
    }

    private void WriteEntries()
    {
        try
        {
            folder.Write(_head, _nodes.Select(node => node.Entry));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder may be gone or full; the run itself will say so where it matters.
            log.Debug($"nodes.json was not written: {e.Message}");
        }
    }
}
