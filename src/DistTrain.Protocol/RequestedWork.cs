namespace DistTrain.Protocol;

/// <summary>
/// Nodes that the coordinator asked a worker to recompute before the worker holds that step's
/// parameters.
/// </summary>
internal sealed class RequestedWork
{
    // Two steps' worth of single microbatches; what is dropped is asked for again.
    private const int MostRequests = 8192;

    private readonly record struct Request(Generation Generation, long Step, TreeNode Node);

    private readonly List<Request> _requests = [];

    public void Clear() => _requests.Clear();

    public void Add(Generation generation, long step, TreeNode node)
    {
        // Slices are within one version of each other: what is asked of step v makes steps
        // before v − 1 of no use, and keeps this list short.
        _requests.RemoveAll(r =>
            r.Generation < generation || (r.Generation == generation && r.Step < step - 1));
        var request = new Request(generation, step, node);
        if (!_requests.Contains(request) && _requests.Count < MostRequests)
        {
            _requests.Add(request);
        }
    }

    /// <summary>Takes out the nodes of that step, dropping what is older.</summary>
    public List<TreeNode>? Take(Generation generation, long step)
    {
        if (_requests.Count == 0)
        {
            return null;
        }

        List<TreeNode>? nodes = null;
        foreach (Request request in _requests)
        {
            if (request.Generation == generation && request.Step == step)
            {
                (nodes ??= []).Add(request.Node);
            }
        }

        _requests.RemoveAll(r =>
            r.Generation < generation || (r.Generation == generation && r.Step <= step));
        return nodes;
    }
}
